/**
 * Numbers of the fields and values used here, from Perfetto's published schema
 * (https://github.com/google/perfetto/tree/main/protos/perfetto/trace; the parts are in test/reports/perfetto/schema).
 */

export const TRACE = { packet: 1 } as const;

export const PACKET = {
  clockSnapshot: 6,
  timestamp: 8,
  sequenceId: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  defaults: 59,
  trackDescriptor: 60,
} as const;

/** `TracePacket.SequenceFlags` */
export const SEQUENCE_FLAG = { stateCleared: 1, needsState: 2 } as const;

export const PACKET_DEFAULTS = { timestampClockId: 58 } as const;

export const CLOCK_SNAPSHOT = { clocks: 1, primaryTraceClock: 2 } as const;

export const CLOCK = { clockId: 1, timestamp: 2 } as const;

/** `BuiltinClock` */
export const BUILTIN_CLOCK = { realtime: 1, boottime: 6 } as const;

export const TRACK_DESCRIPTOR = {
  uuid: 1,
  name: 2,
  parentUuid: 5,
  childOrdering: 11,
  siblingOrderRank: 12,
  description: 14,
  siblingMergeBehavior: 15,
} as const;

/** `TrackDescriptor.ChildTracksOrdering` */
export const CHILD_ORDERING = { explicit: 3 } as const;

/** `TrackDescriptor.SiblingMergeBehavior` */
export const SIBLING_MERGE = { byName: 1, none: 2 } as const;

export const TRACK_EVENT = {
  categoryIids: 3,
  debugAnnotations: 4,
  type: 9,
  nameIid: 10,
  trackUuid: 11,
  flowIds: 47,
  terminatingFlowIds: 48,
} as const;

/** `TrackEvent.Type` */
export const EVENT_TYPE = { sliceBegin: 1, sliceEnd: 2, instant: 3 } as const;

export const DEBUG_ANNOTATION = {
  nameIid: 1,
  intValue: 4,
  doubleValue: 5,
  stringValue: 6,
  stringValueIid: 17,
} as const;

export const INTERNED_DATA = {
  eventCategories: 1,
  eventNames: 2,
  debugAnnotationNames: 3,
  debugAnnotationStringValues: 29,
} as const;

/** Alike in `EventCategory`, `EventName`, `DebugAnnotationName` and `InternedString`. */
export const INTERNED = { iid: 1, text: 2 } as const;
