/**
 * Secrets that stand in inputs (VRRP passwords, payloads, environments) come out nowhere: in no form of the answer, no report, no message. Hostile
 * names come out escaped. Every encoding of the recorded session, whose pair has a password, and a trace with secrets planted in its rows.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeCapture } from '../../scripts/encodings/captures.js';
import { encodeSysdigText } from '../../scripts/encodings/sysdig-text.js';
import { analyze } from '../../src/analysis.js';
import { collectReport } from '../../src/collect-report.js';
import { requestOf, type AnalyzeRequest } from '../../src/model/request.js';
import { renderHtml } from '../../src/reports/html/index.js';
import { renderGaps, renderJson, renderNdjson } from '../../src/reports/index.js';
import { renderJunit } from '../../src/reports/junit.js';
import { renderMarkdown } from '../../src/reports/markdown/index.js';
import { renderPerfetto } from '../../src/reports/perfetto/index.js';
import { renderPrometheus } from '../../src/reports/prometheus.js';
import { renderTerminal } from '../../src/reports/terminal/index.js';

const SESSION = fileURLToPath(new URL('../../traces/every-source/', import.meta.url));
/** Of the recorded pair. */
const PASSWORD = 'notsecre';
const root = mkdtempSync(join(tmpdir(), 'whylate-secrets-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Everything that can be made of an answer, by its name. */
const outputsOf = async (request: Partial<AnalyzeRequest>): Promise<Record<string, string>> => {
  const report = await collectReport(analyze, requestOf(request), {}, 'late');
  const { answer } = report;
  const zone = 'utc' as const;
  return {
    json: renderJson(answer),
    ndjson: renderNdjson(answer),
    gaps: renderGaps(answer, { zone }),
    terminal: renderTerminal(answer, { zone, width: 120, colors: false, all: true }),
    markdown: renderMarkdown(report, { zone }),
    html: renderHtml(report, { zone, generatedAt: null }),
    perfetto: Buffer.from(renderPerfetto(report, { all: false })).toString('latin1'),
    prometheus: renderPrometheus(report),
    junit: renderJunit(report),
  };
};

const expectNone = (outputs: Readonly<Record<string, string>>, secrets: readonly string[]): void => {
  for (const [name, text] of Object.entries(outputs)) {
    for (const secret of secrets) {
      expect(text.includes(secret), `${secret} in ${name}`).toBe(false);
      expect(text.toLowerCase().includes(Buffer.from(secret).toString('hex')), `${secret} as hex in ${name}`).toBe(
        false,
      );
    }
  }
};

const captures = join(root, 'captures');
mkdirSync(captures);
const carriers = encodeCapture(join(SESSION, 'capture.sender.pcap'), captures).filter(({ path }) =>
  readFileSync(path, 'latin1').includes(PASSWORD),
);

describe('the password of a pair', () => {
  it('stands in many of the encodings', () => {
    expect(carriers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['pcap-us', 'pcapng', 'linux-cooked-2', 'tcpdump-v', 'tshark-json', 'tshark-ek']),
    );
  });

  it.each(carriers.map(({ name, path }) => [name, path] as const))('does not come out of %s', async (_, path) => {
    expectNone(await outputsOf({ captures: [{ name: 'sender', path }] }), [PASSWORD]);
  });

  it.each(['perf.txt.gz', 'trace-cmd.txt.gz', '../every-source-strace/strace.txt.gz'])(
    'does not come out of %s and a log',
    async (name) => {
      const log = join(root, `log-${name.replaceAll('/', '_')}`);
      const dump =
        'Sat Nov 28 22:03:08 2026:   Authentication type = SIMPLE_PASSWORD\nSat Nov 28 22:03:08 2026:   Password = ';
      writeFileSync(log, `${dump}${PASSWORD}\n${readFileSync(join(SESSION, 'keepalived.log'), 'utf8')}`);
      const folder = name.startsWith('..') ? join(SESSION, '../every-source-strace') : SESSION;
      const sender = { name: 'sender', path: join(folder, 'capture.sender.pcap') };
      expectNone(await outputsOf({ traces: [join(SESSION, name)], captures: [sender], logs: [log] }), [PASSWORD]);
    },
  );
});

const SECRETS = ['hunter2-payload', 'hunter2-environment', 'hunter2-argument', 'hunter2-written'];
const HOSTILE = '\u001b[2J\u202e<img src=x>\u0007';
const NAME = /"proc.name":"nightly-freeze"/;

/** The recorded rows with secrets where sysdig shows payloads and environments, and a hostile name of who stopped the sender. */
const withSecrets = (lines: readonly string[]): string[] =>
  lines.map((line) => {
    const row = JSON.parse(line) as Record<string, unknown>;
    const type = String(row['evt.type']);
    const info = String(row['evt.info']);
    const planted =
      type === 'sendmsg' || type === 'sendto' || type.startsWith('recv')
        ? `${info}data=${SECRETS[0]!} `
        : type.startsWith('exec') || type.startsWith('clone')
          ? `${info}exe=x args=${SECRETS[2]!} env=TOKEN=${SECRETS[1]!} `
          : type === 'write' || type === 'read'
            ? `${info}data=${SECRETS[3]!} `
            : info.replaceAll('nightly-freeze', HOSTILE);
    return line
      .replace(/"evt\.info":"(?:[^"\\]|\\.)*"/, () => `"evt.info":${JSON.stringify(planted)}`)
      .replace(NAME, () => `"proc.name":${JSON.stringify(HOSTILE)}`);
  });

describe('secrets and hostile names in the rows of a trace', () => {
  const rows = withSecrets(
    gunzipSync(readFileSync(join(SESSION, 'trace.jsonl.gz')))
      .toString('utf8')
      .trimEnd()
      .split('\n'),
  );
  const sender = { name: 'sender', path: join(SESSION, 'capture.sender.pcap') };
  const json = join(root, 'trace.jsonl');
  writeFileSync(json, `${rows.join('\n')}\n`);
  const text = join(root, 'trace.txt');
  writeFileSync(text, encodeSysdigText(rows)[1]!.text);

  it.each([
    ['sysdig JSON', json],
    ['sysdig text', text],
  ])('come out of none of the outputs, or escaped: %s', async (_, path) => {
    expect(readFileSync(path, 'utf8')).toContain(SECRETS[0]);
    const outputs = await outputsOf({ traces: [path], captures: [sender] });
    expectNone(outputs, [...SECRETS, PASSWORD]);
    const { perfetto, ...texts } = outputs;
    expect(perfetto).not.toBe('');
    for (const [name, output] of Object.entries(texts)) {
      expect(output, name).not.toMatch(/(?![\n\t])\p{Cc}|\p{Bidi_Control}/u);
    }
    expect(texts['html']).not.toContain('<img src=x>');
    expect(texts['terminal']).toContain('\\x1b[2J\\u{202e}');
  });
});
