export { Palabre, type PalabreOptions } from './palabre.js';
export { PalabreError, type FieldError, type Problem } from './palabre_error.js';
export { Room, type RoomHandlers } from './room.js';
export type { Listening } from './realtime.js';
export type { Tokens } from './session.js';
export type { MembershipEvent, UserHandlers } from './user_channel.js';
export type { EventData, PresenceCounts, RoomEvent, Typing, UnknownEvent, UserEvent } from './events.js';
export type { components, operations, paths } from './schema.js';
