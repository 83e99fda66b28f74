/** An array of objects as iproute2 prints it; null for anything else. */
export const parseArray = (text: string): readonly object[] | null => {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '[]' : text);
    return Array.isArray(value)
      ? value.filter((item): item is object => typeof item === 'object' && item !== null)
      : null;
  } catch {
    return null;
  }
};
