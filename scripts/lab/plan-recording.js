// @ts-check
/** The session script that records a lab: the pair's two interfaces, and one kind of fault at random times that a seed gives. */
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { makeRandom } from './random.js';

/** @typedef {import('./lab-file.js').Lab} Lab */

const FAULT = fileURLToPath(new URL('fault', import.meta.url));
/** The time before the first fault and after each (s). */
const QUIET = 4;
/** What a fault's own program takes besides (s). */
const STARTING = 1;
const STEP_PATIENCE = 60;

/** @param {number} seconds */
const say = (seconds) => `${Math.round(seconds * 1e3)}ms`;

/**
 * @param {Lab} lab
 * @param {object} wanted
 * @param {string} wanted.kind
 * @param {import('./faults.js').FaultKind} wanted.fault
 * @param {number} wanted.faults how many
 * @param {number} wanted.seed
 * @returns {string} YAML
 */
export function writeSessionScript(lab, { kind, fault, faults, seed }) {
  const { sender, receiver, protocol, log, backupLog } = lab;
  const { interval } = protocol;
  const random = makeRandom(seed);
  let at = 0;
  const steps = Array.from({ length: faults }, () => {
    at += QUIET + 2 * random() + interval * random();
    const seconds = Math.round(1e3 * interval * (1.3 + 3.2 * random())) / 1e3;
    const length = fault.length?.(seconds, interval) ?? seconds;
    const step = {
      at: say(at),
      run: [FAULT, kind, lab.folder, '--seconds', String(seconds)],
      timeout: say(length + STEP_PATIENCE),
    };
    at += length + STARTING;
    return step;
  });
  const point = (/** @type {import('./lab-file.js').Side} */ side, /** @type {string} */ name) => ({
    name,
    interface: side.device,
    namespace: side.namespace,
  });
  return stringify({
    name: `lab-${kind}`,
    about: fault.truth.how,
    sender: { vrid: protocol.vrid, interface: sender.device, namespace: sender.namespace, address: sender.address },
    captures: [point(sender, 'sender'), point(receiver, 'receiver')],
    tracer: { kind: 'bpftrace' },
    duration: say(at + QUIET + 4 * interval),
    steps,
    collect: [
      { file: log.text, as: 'keepalived.log' },
      { file: backupLog, as: 'keepalived-backup.log' },
      { file: sender.configuration, as: 'keepalived.conf' },
    ],
  });
}
