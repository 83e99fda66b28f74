import type { Cause, LedgerState, Where } from './answer.js';

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

/** The cause each state of the ledger speaks for, where nothing more is known of it. */
export const CAUSE_OF_STATE: Readonly<Record<LedgerState, Cause>> = {
  running: 'sender-busy',
  ready: 'cpu-contention',
  blocked: 'blocked-syscall',
  stopped: 'stopped',
  throttled: 'cpu-throttled',
  paging: 'paging',
  overslept: 'timer-late',
  rearmed: 'rearmed-by-packet',
  absent: 'sender-restart',
  sending: 'transmit-delay',
  queued: 'transmit-delay',
  'vcpu-silent': 'vcpu-stall',
  'vm-paused': 'vm-paused',
  'in-flight': 'path-delay',
  lost: 'path-loss',
  unexplained: 'insufficient-evidence',
};
