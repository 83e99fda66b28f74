import type { Survey } from './survey.js';

const CPUS = '/sys/devices/system/cpu';

/** The values several CPUs have, each once. */
const readEach = async (survey: Survey, name: string, paths: readonly string[]): Promise<void> => {
  const texts = await Promise.all(paths.map((path) => survey.read(name, path)));
  const values = new Set(texts.flatMap((text) => (text === null ? [] : [text.trim()])));
  if (values.size > 0) survey.set(name, [...values].sort().join(', '));
};

/** `0-3,8` -> 5. */
export const countCpus = (list: string): number =>
  list
    .trim()
    .split(',')
    .reduce((count, range) => {
      const [from = NaN, to = from] = range.split('-').map(Number);
      return Number.isInteger(from) && Number.isInteger(to) ? count + to - from + 1 : count;
    }, 0);

const readIdleStates = async (survey: Survey): Promise<void> => {
  const states = (await survey.list('cpuidle.states', `${CPUS}/cpu0/cpuidle`)).filter((name) =>
    /^state\d+$/.test(name),
  );
  const names = await Promise.all(
    states.map(async (state) => {
      const folder = `${CPUS}/cpu0/cpuidle/${state}`;
      const name = (await survey.read('cpuidle.states', `${folder}/name`))?.trim() ?? state;
      const latency = (await survey.read('cpuidle.states', `${folder}/latency`))?.trim() ?? '?';
      const disabled = (await survey.read('cpuidle.states', `${folder}/disable`))?.trim() === '1';
      return `${name} ${latency} us${disabled ? ' (disabled)' : ''}`;
    }),
  );
  if (names.length > 0) survey.set('cpuidle.states', names.join(', '));
};

/** CPUs, how fast they may run and how deep they may sleep. */
export const readProcessors = async (survey: Survey): Promise<void> => {
  const cpus = (await survey.list('cpu', CPUS)).filter((name) => /^cpu\d+$/.test(name));
  const model = /^(?:model name|Model|cpu model)\s*:\s*(.+)$/m.exec(
    (await survey.read('cpu.model', '/proc/cpuinfo')) ?? '',
  );
  survey.set('cpu.model', model?.[1]);
  await Promise.all([
    survey.file('cpu.count', `${CPUS}/online`, countCpus),
    survey.file('cpu.online', `${CPUS}/online`, (text) => text.trim()),
    survey.file('cpu.smt_active', `${CPUS}/smt/active`),
    readEach(
      survey,
      'cpu.governor',
      cpus.map((cpu) => `${CPUS}/${cpu}/cpufreq/scaling_governor`),
    ),
    survey.file('cpu.frequency_driver', `${CPUS}/cpu0/cpufreq/scaling_driver`),
    survey.file('cpuidle.driver', `${CPUS}/cpuidle/current_driver`),
    survey.file('cpuidle.governor', `${CPUS}/cpuidle/current_governor`),
    survey.files('cpuidle.haltpoll', '/sys/module/haltpoll/parameters', {
      guest_halt_poll_ns: 'guest_halt_poll_ns',
      guest_halt_poll_grow_start_ns: 'guest_halt_poll_grow_start',
      guest_halt_poll_allow_shrink: 'guest_halt_poll_allow_shrink',
    }),
    readIdleStates(survey),
  ]);
};
