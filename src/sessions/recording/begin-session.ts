import type { SessionJson } from '../folder/session-json.js';
import type { RunPlan } from '../plan/plan.js';
import type { RunContext } from './context.js';

/** The session.json of a recording that begins; its sender is yet to be looked up. */
export const beginSession = (run: RunPlan, { plan, journal, host }: RunContext): SessionJson => {
  const { script } = plan;
  const { sender } = script;
  return {
    schemaVersion: 1,
    kind: plan.flight ? 'flight' : 'session',
    tool: { name: 'whylate', version: host.version },
    recording: journal.recording,
    name: script.name,
    run: run.name,
    labels: { ...run.labels },
    order: run.order,
    complete: false,
    outcome: 'recording',
    reason: null,
    startNs: null,
    endNs: null,
    window: null,
    sender: {
      vrid: sender.vrid,
      interface: sender.interface,
      namespace: sender.namespace ?? null,
      process: sender.process ?? null,
      pid: null,
    },
    points: script.captures.map(({ name, interface: device, namespace, host: where }) => ({
      name,
      interface: device,
      namespace: namespace ?? null,
      host: where ?? null,
    })),
    tools: [],
    steps: [],
    settings: [],
    lateSeen: [],
    loss: { trace: null, captures: {} },
    notes: [],
    script,
  };
};
