/**
 * The text that the bytes [from, to) of a JSON string spell; broken UTF-8 becomes U+FFFD.
 *
 * @param escaped whether there are escapes among them, all of which are valid
 */
export const decodeText = (bytes: Buffer, from: number, to: number, escaped: boolean): string => {
  const text = bytes.toString('utf8', from, to);
  return escaped ? (JSON.parse(`"${text}"`) as string) : text;
};
