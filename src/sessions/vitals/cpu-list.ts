/** CPU numbers of a list like `0-3,8`, as the kernel prints them (cpuset(7)); empty for another text. */
export const parseCpuList = (text: string): number[] => {
  if (!/^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/.test(text.trim())) return [];
  return text
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
    });
};

/** CPUs that a process may run on, from its `status` (proc(5)). */
export const parseAllowedCpus = (status: string): number[] =>
  parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
