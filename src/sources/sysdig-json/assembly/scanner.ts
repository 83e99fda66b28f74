/**
 * The scanner in AssemblyScript, compiled to WebAssembly with SIMD (`npm run build:wasm`). It does what `../scanner.ts`
 * does, byte for byte; there stands why. All memory is the caller's: a context (below), the text, the columns.
 */

// A context takes 1 MiB. Its fields: where each begins, in bytes. `../wasm-scanner.ts` has the same.
const TEXT: usize = 0;
const AT: usize = 4;
const TO: usize = 8;
const COLUMNS: usize = 12;
const ROW: usize = 16;
const HAS_BASE: usize = 20;
const BASE: usize = 24;
const NAME_FROM: usize = 32;
const NAME_LENGTH: usize = 36;
const NAME_ESCAPED: usize = 40;
const RETURNS: usize = 44;
const SLOTS: usize = 48;
const ENDING: usize = 52;
const ENDING_LENGTH: usize = 56;
const SWITCH: usize = 60;
const NAMES: usize = 64;
const NAMES_BYTES: usize = 68;
const SHAPE: usize = 128;

// How a scan ends.
const READ: i32 = 0;
const MISFIT: i32 = 1;
const NEW_NAME: i32 = 2;

// Columns, as ../columns.ts lays them out.
const EVENTS: usize = 4096;
const TIME: usize = 0;
const NANOS: usize = 8 * EVENTS;
const NUM: usize = 16 * EVENTS;
const TID: usize = 32 * EVENTS;
const NEXT_TID: usize = 36 * EVENTS;
const TYPE: usize = 40 * EVENTS;
const COMM: usize = 44 * EVENTS;
const NEXT_COMM: usize = 48 * EVENTS;
const INFO_FROM: usize = 52 * EVENTS;
const INFO_TO: usize = 56 * EVENTS;
const CPU: usize = 60 * EVENTS;
const DIR: usize = 62 * EVENTS;

// Kinds of values, as ../shape.ts has them.
const KIND_SKIPPED: i32 = 0;
const KIND_CPU: i32 = 1;
const KIND_DIRECTION: i32 = 2;
const KIND_INFO: i32 = 3;
const KIND_NUMBER: i32 = 4;
const KIND_TIME: i32 = 5;
const KIND_TYPE: i32 = 6;
const KIND_PROCESS: i32 = 7;
const KIND_THREAD: i32 = 8;
const KIND_SECONDS: i32 = 9;
const KIND_NANOS: i32 = 10;
const KIND_INFO_TEXT: i32 = 11;

// Names: a table of slots (hash, length, address, id; 16 bytes, free where the length is 0), then the names' bytes.
const NAME_SLOTS: usize = 16384;
const MOST_NAMES: u32 = 8192;
const SLOT_BYTES: usize = 16;
const MOST_NAME_BYTES: usize = 524288;
const LONGEST_NAME: u32 = 256;

const NULL_WORD: u32 = 0x6c6c756e;
const TRUE_WORD: u32 = 0x65757274;
const ALSE_WORD: u32 = 0x65736c61;
const NEXT_WORD: u32 = 0x7478656e;
/** ` pgft_ma` and `j=`. */
const BEHIND_NAME: u64 = 0x616d5f7466677020;
const BEHIND_NAME_END: u16 = 0x3d6a;

const REACH: f64 = 9007198;
const EXACT_DIGITS: usize = 15;
const BIGGEST_CPU: u64 = 0x7fff;
const BIGGEST_TID: u64 = 0x7fffffff;

/** Where a context's table of names begins. */
function namesOf(context: usize): usize {
  return (context + SHAPE + 64 * 12 + 65 * 256 + 15) & ~15;
}

function isDigit(byte: u32): bool {
  return byte - 0x30 <= 9;
}

function areDigits(word: u64): bool {
  const high: u64 = 0xf0f0f0f0f0f0f0f0;
  return ((word & high) | (((word + 0x0606060606060606) & high) >> 4)) == 0x3333333333333333;
}

/** The number that eight digits spell. */
function eightDigits(word: u64): u64 {
  let w = ((word & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  w = ((w & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((w & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** How many digits a word begins with. */
function digitsOf(word: u64): u64 {
  const values = word ^ 0x3030303030303030;
  return ctz((values | (values + 0x7676767676767676)) & 0x8080808080808080) >> 3;
}

function hashWord(hash: u64, word: u64): u64 {
  const mixed = (hash ^ word) * 0x9e3779b97f4a7c15;
  return mixed ^ (mixed >> 29);
}

/** The first `length` bytes (1 to 8) of a word. */
function firstBytes(word: u64, length: u32): u64 {
  return word & (0xffffffffffffffff >> (((8 - length) as u64) << 3));
}

function hashName(from: usize, length: u32): u32 {
  let hash: u64 = length;
  let at = from;
  let left = length;
  for (; left > 8; left -= 8, at += 8) hash = hashWord(hash, load<u64>(at));
  hash = hashWord(hash, firstBytes(load<u64>(at), left));
  return (hash ^ (hash >> 32)) as u32;
}

/** The id of a name, -1 where it is not known. */
function findName(names: usize, from: usize, length: u32): i32 {
  if (length > LONGEST_NAME) return -1;
  const hash = hashName(from, length);
  let slot = (hash as usize) & (NAME_SLOTS - 1);
  while (true) {
    const held = names + slot * SLOT_BYTES;
    const heldLength = load<u32>(held, 4);
    if (heldLength == 0) return -1;
    slot = (slot + 1) & (NAME_SLOTS - 1);
    if (heldLength != length || load<u32>(held) != hash) continue;
    let mine = from;
    let other = load<u32>(held, 8) as usize;
    let left = length;
    for (; left > 8; left -= 8, mine += 8, other += 8) if (load<u64>(mine) != load<u64>(other)) break;
    if (left <= 8 && firstBytes(load<u64>(mine) ^ load<u64>(other), left) == 0) return load<i32>(held, 12);
  }
}

/**
 * Keep the id of a name that a scan asked for. The table is a cache: when it is full it begins anew.
 *
 * @returns whether there is room for a name that long
 */
export function keepName(context: usize, from: usize, length: u32, id: i32): bool {
  if (length > LONGEST_NAME) return false;
  const names = namesOf(context);
  const bytes = names + NAME_SLOTS * SLOT_BYTES;
  let kept = load<u32>(context, NAMES);
  let used = load<u32>(context, NAMES_BYTES) as usize;
  if (kept == MOST_NAMES || used + length + 8 > MOST_NAME_BYTES) {
    memory.fill(names, 0, NAME_SLOTS * SLOT_BYTES);
    kept = 0;
    used = 0;
  }
  memory.copy(bytes + used, from, length);
  const hash = hashName(from, length);
  let slot = (hash as usize) & (NAME_SLOTS - 1);
  while (load<u32>(names + slot * SLOT_BYTES, 4) != 0) slot = (slot + 1) & (NAME_SLOTS - 1);
  const held = names + slot * SLOT_BYTES;
  store<u32>(held, hash);
  store<u32>(held, length, 4);
  store<u32>(held, (bytes + used) as u32, 8);
  store<i32>(held, id, 12);
  store<u32>(context, kept + 1, NAMES);
  store<u32>(context, (used + length) as u32, NAMES_BYTES);
  return true;
}

/** Whether a literal of at least 4 bytes stands at `at`. */
function stands(literal: usize, length: usize, at: usize): bool {
  if (length >= 8) {
    let i: usize = 0;
    for (const last = length - 8; i < last; i += 8) if (load<u64>(literal + i) != load<u64>(at + i)) return false;
    return load<u64>(literal + length - 8) == load<u64>(at + length - 8);
  }
  return load<u32>(literal) == load<u32>(at) && load<u32>(literal + length - 4) == load<u32>(at + length - 4);
}

/** Where a number, `null`, `true` or `false` ends; 0 where it is none, or needs a second look. */
function endOfScalar(at: usize): usize {
  const word = load<u32>(at);
  if (word == NULL_WORD || word == TRUE_WORD) return at + 4;
  if (load<u8>(at) == 0x66) return load<u32>(at, 1) == ALSE_WORD ? at + 5 : 0;
  let p = at;
  if (load<u8>(p) == 0x2d) p++;
  const begin = p;
  while (isDigit(load<u8>(p))) p++;
  if (p == begin || (load<u8>(begin) == 0x30 && p > begin + 1)) return 0;
  if (load<u8>(p) == 0x2e) {
    const fraction = ++p;
    while (isDigit(load<u8>(p))) p++;
    if (p == fraction) return 0;
  }
  return p;
}

function isHexadecimal(byte: u32): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 <= 5;
}

/** Where a valid escape that begins at `at` ends, 0 where it is none. */
function endOfEscape(at: usize): usize {
  const code = load<u8>(at, 1);
  if (code == 0x75) {
    for (let i: usize = 2; i < 6; i++) if (!isHexadecimal(load<u8>(at + i))) return 0;
    return at + 6;
  }
  return code == 0x22 || code == 0x5c || code == 0x2f || code == 0x62 || code == 0x66 || code == 0x6e || code == 0x72 || code == 0x74 ? at + 2 : 0; // prettier-ignore
}

/**
 * Read the lines in [AT, TO) of the text into the columns, from ROW on, until one does not fit (MISFIT), the columns are
 * full (READ) or a name is not known (NEW_NAME: NAME_FROM, NAME_LENGTH; to be told by `keepName` before going on). AT and
 * ROW are then at the first row that was not read.
 */
export function scan(context: usize): i32 {
  const text = load<u32>(context, TEXT) as usize;
  const to = text + load<u32>(context, TO);
  const columns = load<u32>(context, COLUMNS) as usize;
  const hasBase = load<i32>(context, HAS_BASE);
  const base = load<f64>(context, BASE);
  const slots = load<u32>(context, SLOTS);
  const shape = context + SHAPE;
  const ending = load<u32>(context, ENDING) as usize;
  const endingLength = load<u32>(context, ENDING_LENGTH) as usize;
  const switchId = load<i32>(context, SWITCH);
  const names = namesOf(context);
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  const parentheses = i8x16.splat(0x29);
  const controls = i8x16.splat(0x20);
  let at = text + load<u32>(context, AT);
  let row = load<u32>(context, ROW) as usize;
  let returns = load<u32>(context, RETURNS);
  let outcome = READ;

  while (at < to && row < EVENTS) {
    let p = at;
    let seconds: u64 = 0;
    let behind: u64 = 0;
    let textFrom: usize = text;
    let textTo: usize = text;
    let textParenthesis: usize = 0;
    let textEscaped = false;
    let typeFrom: usize = 0;
    let typeTo: usize = 0;
    let typeEscaped = false;
    let commFrom: usize = 0;
    let commTo: usize = 0;
    let commEscaped = false;
    let num: f64 = -1;
    let cpu: i32 = -1;
    let tid: i32 = -1;
    let dir: i32 = 0;

    outcome = MISFIT;
    let slot: u32 = 0;
    for (; slot < slots; slot++) {
      const entry = shape + (slot as usize) * 12;
      const kind = load<i32>(entry);
      const length = load<u32>(entry, 8) as usize;
      if (!stands(load<u32>(entry, 4) as usize, length, p)) break;
      p += length;

      if (kind == KIND_TIME) {
        const first = load<u64>(p);
        const last = load<u64>(p, 11);
        const middle = load<u32>(p, 8) - 0x303030;
        if (
          areDigits(first) && areDigits(last) && (middle & 0xff) <= 9 && ((middle >> 8) & 0xff) <= 9 && ((middle >> 16) & 0xff) <= 9 && (first & 0xff) != 0x30 && !isDigit(load<u8>(p, 19)) // prettier-ignore
        ) {
          seconds = eightDigits(first) * 100 + (middle & 0xff) * 10 + ((middle >> 8) & 0xff);
          behind = (((middle >> 16) & 0xff) as u64) * 100000000 + eightDigits(last);
          p += 19;
        } else {
          const begin = p;
          if (load<u8>(p) == 0x30) break;
          let value: u64 = 0;
          for (; isDigit(load<u8>(p)) && p < begin + 20; p++) value = value * 10 + load<u8>(p) - 0x30;
          if (p == begin || p - begin > 19) break;
          seconds = value / 1000000000;
          behind = value % 1000000000;
        }
      } else if (
        kind == KIND_NUMBER || kind == KIND_THREAD || kind == KIND_CPU || kind == KIND_SECONDS || kind == KIND_NANOS // prettier-ignore
      ) {
        const first = load<u8>(p);
        let value: u64 = 0;
        let none = false;
        if (!isDigit(first)) {
          if (first == 0x2d && load<u8>(p, 1) == 0x31 && kind != KIND_SECONDS && kind != KIND_NANOS) p += 2;
          else if (kind == KIND_NUMBER && load<u32>(p) == NULL_WORD) p += 4;
          else break;
          none = true;
        } else {
          const begin = p;
          const word = load<u64>(p);
          const digits = digitsOf(word);
          if (digits < 8) {
            value = eightDigits(word << (64 - (digits << 3)));
            p += digits as usize;
          } else for (; isDigit(load<u8>(p)); p++) value = value * 10 + load<u8>(p) - 0x30;
          if (p - begin > EXACT_DIGITS || (first == 0x30 && p - begin > 1)) break;
        }
        if (kind == KIND_NUMBER) num = none ? -1 : (value as f64);
        else if (kind == KIND_CPU) {
          if (value > BIGGEST_CPU) break;
          cpu = none ? -1 : (value as i32);
        } else if (kind == KIND_THREAD) {
          if (value > BIGGEST_TID) break;
          tid = none ? -1 : (value as i32);
        } else if (kind == KIND_SECONDS) seconds = value;
        else if (value >= 1000000000) break;
        else behind = value;
      } else if (kind == KIND_DIRECTION) {
        if (load<u8>(p) != 0x22 || load<u8>(p, 2) != 0x22) break;
        const sign = load<u8>(p, 1);
        if (sign == 0x3c) dir = 1;
        else if (sign != 0x3e) break;
        p += 3;
      } else if (load<u8>(p) != 0x22) {
        if (kind == KIND_SKIPPED) p = endOfScalar(p);
        else if ((kind == KIND_INFO || kind == KIND_PROCESS) && load<u32>(p) == NULL_WORD) p += 4;
        else break;
        if (p == 0) break;
      } else {
        const begin = ++p;
        let parenthesis: usize = 0;
        let escaped = false;
        for (;;) {
          const bytes = v128.load(p);
          const special = i8x16.bitmask(
            v128.or(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)), i8x16.lt_u(bytes, controls)),
          );
          let closing = i8x16.bitmask(i8x16.eq(bytes, parentheses));
          if (special == 0) {
            if (closing) parenthesis = p + 31 - clz(closing);
            p += 16;
            continue;
          }
          const distance = ctz(special);
          closing &= (1 << distance) - 1;
          if (closing) parenthesis = p + 31 - clz(closing);
          p += distance;
          const byte = load<u8>(p);
          if (byte == 0x22) break;
          p = byte == 0x5c ? endOfEscape(p) : 0;
          if (p == 0) break;
          escaped = true;
        }
        if (p == 0) break;
        if (kind == KIND_INFO || kind == KIND_INFO_TEXT) {
          textFrom = begin;
          textTo = p;
          textParenthesis = parenthesis;
          textEscaped = escaped;
        } else if (kind == KIND_TYPE) {
          typeFrom = begin;
          typeTo = p;
          typeEscaped = escaped;
        } else if (kind == KIND_PROCESS) {
          commFrom = begin;
          commTo = p;
          commEscaped = escaped;
        }
        p++;
      }
    }
    if (slot < slots) break;
    let i: usize = 0;
    while (i < endingLength && load<u8>(p + i) == load<u8>(ending + i)) i++;
    if (i < endingLength) break;
    p += endingLength;
    let isReturned = false;
    if (load<u8>(p) != 0x0a) {
      if (load<u8>(p) == 0x2c) p++;
      if (load<u8>(p) == 0x0d) {
        isReturned = true;
        p++;
      }
      if (load<u8>(p) != 0x0a) break;
    }
    if (typeTo == typeFrom) break;

    let time = seconds as f64;
    if (hasBase) {
      const apart = time - base;
      if (apart > REACH || apart < -REACH) break;
      time = apart * 1000000000 + (behind as f64);
    }

    const typeId = findName(names, typeFrom, (typeTo - typeFrom) as u32);
    if (typeId < 0) {
      store<u32>(context, (typeFrom - text) as u32, NAME_FROM);
      store<u32>(context, (typeTo - typeFrom) as u32, NAME_LENGTH);
      store<i32>(context, typeEscaped ? 1 : 0, NAME_ESCAPED);
      outcome = NEW_NAME;
      break;
    }
    let commId: i32 = 0;
    if (commTo > commFrom) {
      commId = findName(names, commFrom, (commTo - commFrom) as u32);
      if (commId < 0) {
        store<u32>(context, (commFrom - text) as u32, NAME_FROM);
        store<u32>(context, (commTo - commFrom) as u32, NAME_LENGTH);
        store<i32>(context, commEscaped ? 1 : 0, NAME_ESCAPED);
        outcome = NEW_NAME;
        break;
      }
    }
    let coming: i32 = -1;
    let comingComm: i32 = 0;
    if (typeId == switchId) {
      let q = textFrom + 5;
      if (textEscaped || textTo <= q || load<u32>(textFrom) != NEXT_WORD || load<u8>(textFrom, 4) != 0x3d || !isDigit(load<u8>(q))) break; // prettier-ignore
      let value: u64 = 0;
      const word = load<u64>(q);
      const digits = digitsOf(word);
      if (digits < 8) {
        value = eightDigits(word << (64 - (digits << 3)));
        q += digits as usize;
      } else for (; isDigit(load<u8>(q)) && value <= BIGGEST_TID; q++) value = value * 10 + load<u8>(q) - 0x30;
      if (value > BIGGEST_TID) break;
      coming = value as i32;
      if (load<u8>(q) == 0x28) {
        if (
          textParenthesis <= q ||
          load<u64>(textParenthesis + 1) != BEHIND_NAME ||
          load<u16>(textParenthesis + 9) != BEHIND_NAME_END
        )
          break;
        const length = (textParenthesis - q - 1) as u32;
        if (length > 0) {
          comingComm = findName(names, q + 1, length);
          if (comingComm < 0) {
            store<u32>(context, (q + 1 - text) as u32, NAME_FROM);
            store<u32>(context, length, NAME_LENGTH);
            store<i32>(context, 0, NAME_ESCAPED);
            outcome = NEW_NAME;
            break;
          }
        }
      }
    }

    const wide = columns + (row << 3);
    store<f64>(wide, time, TIME);
    if (!hasBase) store<f64>(wide, behind as f64, NANOS);
    store<f64>(wide, num, NUM);
    const narrow = columns + (row << 2);
    store<i32>(narrow, tid, TID);
    store<i32>(narrow, coming, NEXT_TID);
    store<i32>(narrow, typeId, TYPE);
    store<i32>(narrow, commId, COMM);
    store<i32>(narrow, comingComm, NEXT_COMM);
    store<i32>(narrow, (textFrom - text) as i32, INFO_FROM);
    store<i32>(narrow, textEscaped ? -((textTo - text) as i32) - 1 : ((textTo - text) as i32), INFO_TO);
    store<i16>(columns + (row << 1), cpu as i16, CPU);
    store<u8>(columns + row, dir as u8, DIR);
    if (isReturned) returns++;
    row++;
    at = p + 1;
    outcome = READ;
  }

  store<u32>(context, (at - text) as u32, AT);
  store<u32>(context, row as u32, ROW);
  store<u32>(context, returns, RETURNS);
  return outcome;
}
