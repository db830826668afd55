// What comes over `room:<id>` and `user:<id>`. OpenAPI has no word for it; docs/data_format.md describes the same.

export type Role = 'owner' | 'admin' | 'moderator' | 'member';

export type RoomSettings = {
  name: string;
  description: string | null;
  category: string | null;
  color_theme: string | null;
  visibility: 'public' | 'private';
  time_zone: string;
  slow_mode_seconds: number;
};

/// What `data` holds, by type.
export type EventData = {
  'message.posted': {
    message_id: string;
    body: string | null; ///< null: deleted by now
    reply_to: string | null;
    reply_to_seq: number; ///< 0 without reply_to
    client_id: string | null;
    metadata: Record<string, unknown> | null;
    author_name: string | null; ///< as of then
    mentioned_user_ids?: string[]; ///< not in events from before there were mentions
  };
  'message.edited': {
    message_id: string;
    message_seq: number;
    edit: number;
    body: string | null;
    mentioned_user_ids?: string[]; ///< not in events from before there were mentions
  };
  'message.deleted': { message_id: string; message_seq: number; author_id: string };
  'message.pinned': { message_id: string; message_seq: number };
  'message.unpinned': { message_id: string; message_seq: number };
  'reaction.added': { message_id: string; message_seq: number; emoji: string };
  'reaction.removed': { message_id: string; message_seq: number; emoji: string };
  'member.joined': { user_id: string; role: Role; way: string; display_name: string | null };
  'member.left': { user_id: string };
  'member.kicked': { user_id: string };
  'member.role_changed': { user_id: string; role: Role };
  // To moderators and above.
  'message.reported': { message_id: string; message_seq: number; reason: string | null };
  'message.reviewed': { message_id: string; message_seq: number };
  'member.banned': { user_id: string; expires_at: string | null; reason: string | null };
  'member.unbanned': { user_id: string };
  'member.muted': { user_id: string; expires_at: string | null; reason: string | null };
  'member.unmuted': { user_id: string };
  'invitation.created': {
    invitation_id: string;
    code: null;
    user_id: string | null;
    email: string | null;
    uses: number;
    expires_at: string;
  };
  'invitation.accepted': { invitation_id: string };
  'invitation.revoked': { invitation_id: string; expired: boolean };
  'room.created': { kind: string; settings: RoomSettings };
  'room.updated': { settings: RoomSettings };
  'room.code_rotated': { share_code: null };
  'room.archived': { by_owner: boolean };
  'room.restored': { by_owner: boolean };
  'room.owner_changed': { user_id: string; was_id: string };
};

type Stored<Type extends string, Data> = {
  type: Type;
  v: number;
  id: string;
  seq: number; ///< its number in the room
  room_id: string;
  actor_id: string | null; ///< null: the server itself
  at: string;
  client_id?: string;
  data: Data;
};

/// An event of a room, as it stands in the log. RoomEvent<'message.posted'> is one type of them, RoomEvent any.
export type RoomEvent<Type extends keyof EventData = keyof EventData> = {
  [T in Type]: Stored<T, EventData[T]>;
}[Type];

/// Of a type that this version of the client does not know.
export type UnknownEvent = Stored<string, Record<string, unknown>>;

/// Somebody writes in a room; show it for about 5 s.
export type Typing = { type: 'typing'; v: number; room_id: string; actor_id: string; at: string; data: { user_id: string } };

export type PresenceCounts = { online: number; away: number; busy: number };

/// What concerns the user, wherever it happened.
export type UserEvent =
  | UserStored<'member.joined', { role: Role; way: string }>
  | UserStored<'member.left' | 'member.kicked' | 'member.unbanned' | 'member.unmuted', Record<string, unknown>>
  | UserStored<'member.banned' | 'member.muted', { expires_at: string | null }>
  | UserStored<'member.role_changed', { role: Role }>
  | UserStored<'invitation.received', { invitation_id: string; expires_at: string }>
  | UserStored<'mention.received', { message_id: string; message_seq: number }>
  | UserStored<'notifications.chosen', { level: 'all' | 'mentions' | 'none' }>
  | UserStored<'draft.changed', { draft_version: number }> ///< 0: there is none
  | UserStored<'read.advanced', { seq: number }>;

type UserStored<Type extends string, Data> = {
  type: Type;
  v: number;
  id: string;
  seq: number; ///< its number in the user's inbox
  room_id: string;
  at: string;
  data: Data & { room_id: string };
};
