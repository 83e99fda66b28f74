import type { Cause, Where } from './answer.js';

/** Where each cause lies: the contract's table. */
export const WHERE_OF_CAUSE: Readonly<Record<Cause, Where>> = {
  'blocked-syscall': 'sender-process',
  'sender-busy': 'sender-process',
  'send-failed': 'sender-process',
  'sender-restart': 'sender-process',
  'cpu-contention': 'sender-vm',
  'cpu-throttled': 'sender-vm',
  stopped: 'sender-vm',
  paging: 'sender-vm',
  'timer-late': 'sender-vm',
  'transmit-delay': 'sender-vm',
  'vcpu-stall': 'host',
  'vm-paused': 'host',
  'egress-delay': 'host',
  'rearmed-by-packet': 'network',
  'path-delay': 'network',
  'path-loss': 'network',
  'insufficient-evidence': 'unknown',
};
