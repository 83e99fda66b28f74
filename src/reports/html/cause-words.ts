import type { Cause } from '../../model/answer.js';

/** What happened, for people who do not know the names of causes: what stands behind "because". */
export const CAUSE_IN_WORDS: Readonly<Record<Cause, string>> = {
  'blocked-syscall': 'the sender was held up inside a system call',
  'sender-busy': 'the sender was busy with other work of its own',
  'send-failed': 'the kernel refused to send',
  'sender-restart': 'the sender ended, started anew or changed its state',
  'cpu-contention': 'other processes held the CPU that the sender needed',
  'cpu-throttled': 'the sender’s control group had used up its share of the CPU',
  stopped: 'another process had stopped the sender',
  paging: 'the sender waited for its own memory to be read back',
  'timer-late': 'the sender’s timer fired late although its CPU was free',
  'transmit-delay': 'the packet was sent in time and left the VM’s network interface late',
  'vcpu-stall': 'the host did not run the VM’s processors',
  'vm-paused': 'the whole VM stood still',
  'egress-delay': 'the packet left the VM in time and was held up on the host',
  'rearmed-by-packet': 'other packets for the same virtual router made the sender start its wait anew',
  'path-delay': 'the packet was held up on the network',
  'path-loss': 'packets were lost on the network',
  'insufficient-evidence': 'the inputs do not show what happened',
};
