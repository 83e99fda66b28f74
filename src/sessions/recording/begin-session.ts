import { findSenders } from '../find-sender.js';
import type { SessionJson } from '../folder/session-json.js';
import type { RunPlan } from '../plan/plan.js';
import type { RunContext } from './context.js';

/** The session.json of a recording that begins. */
export const beginSession = (run: RunPlan, { plan, journal, host }: RunContext): SessionJson => {
  const { script } = plan;
  const { sender } = script;
  const found = findSenders({ netns: sender.namespace, process: sender.process }).senders[0];
  return {
    schemaVersion: 1,
    kind: plan.flight ? 'flight' : 'session',
    tool: { name: 'whylate', version: host.version },
    recording: journal.recording,
    name: script.name,
    run: run.name,
    labels: { ...run.labels },
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
      process: sender.process ?? found?.comm ?? null,
      pid: found?.pid ?? null,
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
    notes: found ? [] : ['no process that sends VRRP was found when the recording began'],
    script,
  };
};
