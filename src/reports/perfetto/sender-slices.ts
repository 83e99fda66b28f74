import type { SenderSpan } from '../../model/picture.js';
import { layOut, type Slice } from './slices.js';
import type { Window } from './windows.js';

const nameSpan = ({ kind, syscall }: SenderSpan): string => (syscall === null ? kind : `${kind} (${syscall})`);

/** What the sender of an instance did in its windows, on the axis; one after the other. */
export const collectSenderSpans = (windows: readonly Window[]): SenderSpan[] =>
  layOut(
    windows.flatMap(({ picture, from: start }) =>
      picture.sender.map(({ from, to, kind, state, syscall }) => ({
        from: start + from,
        to: start + to,
        kind,
        state,
        syscall,
      })),
    ),
  ).filter(({ from, to }) => to > from);

/** A slice named by what the sender did; its category is the state that the ledger has it in. */
export const makeSenderSlice = (span: SenderSpan): Slice => ({
  at: span.from,
  to: span.to,
  name: nameSpan(span),
  category: span.state,
  args: { state: span.state, syscall: span.syscall },
});
