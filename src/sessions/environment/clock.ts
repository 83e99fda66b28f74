import type { Survey } from './survey.js';

const FOLDER = '/sys/devices/system/clocksource/clocksource0';

/** What the kernel tells the time by, and what wakes it. */
export const readClock = async (survey: Survey): Promise<void> => {
  await Promise.all([
    survey.file('clock.source', `${FOLDER}/current_clocksource`),
    survey.file('clock.sources_available', `${FOLDER}/available_clocksource`),
    survey.file('clock.event_device', '/sys/devices/system/clockevents/clockevent0/current_device'),
    survey.file('clock.timer_migration', '/proc/sys/kernel/timer_migration'),
  ]);
};
