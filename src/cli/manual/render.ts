import { PROGRAM, type CommandFacts } from '../command.js';
import { listAllFlags } from '../config/flags.js';
import { EXIT } from '../exit-codes.js';
import { describeOpposite, type FlagFacts } from '../flags.js';
import { splitEpilogue } from './epilogue.js';
import { escapeRoff, toBold, toItalic, toLine, toText } from './escape.js';
import { DESCRIPTION, ENVIRONMENT, EXIT_MEANINGS, FILES, type Entry } from './facts.js';

/** What a page says of the version it is about. */
export interface ManualEdition {
  readonly version: string;
  /** YYYY-MM-DD; null: left out */
  readonly date: string | null;
}

const section = (name: string, lines: readonly string[]): string[] => [`.SH ${name}`, ...lines];

/** A tag, already in roff, with its text below. */
const tagged = (tag: string, text: string): string[] => ['.TP', tag, ...toText(text)];

const paragraphs = (texts: readonly string[]): string[] =>
  texts.flatMap((text, index) => (index === 0 ? toText(text) : ['.PP', ...toText(text)]));

const entries = (list: readonly Entry[]): string[] => list.flatMap(({ term, text }) => tagged(toBold(term), text));

const tagOf = (flag: FlagFacts): string =>
  flag.value === undefined ? toBold(`--${flag.name}`) : `${toBold(`--${flag.name}`)} ${toItalic(flag.value)}`;

const describeFlag = (flag: FlagFacts): string[] => [
  ...tagged(tagOf(flag), flag.help),
  ...(flag.negatable === true ? tagged(toBold(`--no-${flag.name}`), describeOpposite(flag)) : []),
];

const synopsisOf = ({ name, flags, operands }: CommandFacts): string =>
  [
    toBold(`${PROGRAM.name} ${name}`),
    ...(flags.length > 0 ? [`[${toItalic('option')}...]`] : []),
    ...(operands ? [`[${toItalic(operands.name)}${operands.isSingle === true ? '' : '...'}]`] : []),
  ].join(' ');

const describeCommand = (command: CommandFacts): string[] => {
  const { name, summary, operands, epilogue } = command;
  return [
    `.SS ${escapeRoff(name)}`,
    synopsisOf(command),
    '.PP',
    ...toText(summary),
    ...(operands ? tagged(toItalic(operands.name), operands.help) : []),
    ...listAllFlags(command).flatMap(describeFlag),
    ...splitEpilogue(epilogue ?? '').paragraphs.flatMap((text) => ['.PP', ...toText(text)]),
  ];
};

const describeExits = (): string[] =>
  Object.entries(EXIT_MEANINGS).flatMap(([name, text]) =>
    tagged(toBold(String(EXIT[name as keyof typeof EXIT])), text),
  );

const describeExamples = (commands: readonly CommandFacts[]): string[] => {
  const examples = commands.flatMap(({ epilogue }) => splitEpilogue(epilogue ?? '').examples);
  return ['.nf', ...examples.map(toLine), '.fi'];
};

/** The man page in roff (macros of man(7)): `whylate.1`. */
export const renderManual = (commands: readonly CommandFacts[], { version, date }: ManualEdition): string => {
  const { name, summary } = PROGRAM;
  const title = `.TH ${name.toUpperCase()} 1 "${date ?? ''}" "${escapeRoff(`${name} ${version}`)}" "User Commands"`;
  const general = [
    ...tagged(`${toBold('-h')}, ${toBold('--help')}`, 'Tell what there is; behind a command, what it takes.'),
    ...tagged(`${toBold('-V')}, ${toBold('--version')}`, 'Tell the version.'),
  ];
  const lines = [
    title,
    ...section('NAME', [`${name} \\- ${escapeRoff(`${summary.charAt(0).toLowerCase()}${summary.slice(1)}`)}`]),
    ...section(
      'SYNOPSIS',
      commands.flatMap((command, index) => (index === 0 ? [synopsisOf(command)] : ['.br', synopsisOf(command)])),
    ),
    ...section('DESCRIPTION', paragraphs(DESCRIPTION)),
    ...section('OPTIONS', general),
    ...section('COMMANDS', commands.flatMap(describeCommand)),
    ...section('EXIT STATUS', describeExits()),
    ...section('FILES', entries(FILES)),
    ...section('ENVIRONMENT', entries(ENVIRONMENT)),
    ...section('EXAMPLES', describeExamples(commands)),
  ];
  return `${lines.join('\n')}\n`;
};
