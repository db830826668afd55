import { SubscriptionState, type Centrifuge, type PublicationContext, type Subscription } from 'centrifuge';
import type { EventData, PresenceCounts, RoomEvent, Typing, UnknownEvent } from './events.js';
import type { Palabre } from './palabre.js';
import { PalabreError } from './palabre_error.js';
import type { Listening } from './realtime.js';
import type { components, operations } from './schema.js';

type Schemas = components['schemas'];
type PostBody = operations['post_message']['requestBody']['content']['application/json'];
type HistoryQuery = NonNullable<operations['list_messages']['parameters']['query']>;

type ModerationEvent =
  | 'message.reported'
  | 'message.reviewed'
  | 'member.banned'
  | 'member.unbanned'
  | 'member.muted'
  | 'member.unmuted'
  | Extract<keyof EventData, `invitation.${string}`>;

/// All are optional. Every event that is stored comes once and in order, also over a connection that breaks; typing and
/// presence come to whoever listens just then.
export type RoomHandlers = {
  onMessage?: (event: RoomEvent<'message.posted'>) => void;
  onEdit?: (event: RoomEvent<'message.edited'>) => void;
  onDelete?: (event: RoomEvent<'message.deleted'>) => void;
  onReaction?: (event: RoomEvent<'reaction.added' | 'reaction.removed'>) => void;
  onPin?: (event: RoomEvent<'message.pinned' | 'message.unpinned'>) => void;
  onMember?: (event: RoomEvent<'member.joined' | 'member.left' | 'member.kicked' | 'member.role_changed'>) => void;
  onModeration?: (event: RoomEvent<ModerationEvent>) => void; ///< to moderators, admins and the owner
  onRoom?: (event: RoomEvent<Extract<keyof EventData, `room.${string}`>>) => void;
  onEvent?: (event: RoomEvent | UnknownEvent) => void; ///< each that is stored, those above included
  onTyping?: (typing: Typing) => void;
  onPresence?: (counts: PresenceCounts) => void; ///< how many are there; who: Room.presence() and Palabre.subscribe()
  onReload?: () => void; ///< away for too long: what is shown is to be loaded anew
  onEnd?: (error: PalabreError) => void; ///< nothing more will come: one has left, or was never let in
};

const handlerOf: { [Type in keyof EventData]: keyof RoomHandlers } = {
  'message.posted': 'onMessage',
  'message.edited': 'onEdit',
  'message.deleted': 'onDelete',
  'message.pinned': 'onPin',
  'message.unpinned': 'onPin',
  'reaction.added': 'onReaction',
  'reaction.removed': 'onReaction',
  'member.joined': 'onMember',
  'member.left': 'onMember',
  'member.kicked': 'onMember',
  'member.role_changed': 'onMember',
  'message.reported': 'onModeration',
  'message.reviewed': 'onModeration',
  'member.banned': 'onModeration',
  'member.unbanned': 'onModeration',
  'member.muted': 'onModeration',
  'member.unmuted': 'onModeration',
  'invitation.created': 'onModeration',
  'invitation.accepted': 'onModeration',
  'invitation.revoked': 'onModeration',
  'room.created': 'onRoom',
  'room.updated': 'onRoom',
  'room.code_rotated': 'onRoom',
  'room.archived': 'onRoom',
  'room.restored': 'onRoom',
  'room.owner_changed': 'onRoom',
};

/// One room, as the person of `palabre` may use it. Costs nothing until it is asked something.
export class Room {
  readonly id: string;
  readonly #palabre: Palabre;
  readonly #connection: () => Centrifuge;

  constructor(id: string, palabre: Palabre, connection: () => Centrifuge) {
    this.id = id;
    this.#palabre = palabre;
    this.#connection = connection;
  }

  get(): Promise<Schemas['Room']> {
    return this.#palabre.get('/api/v1/rooms/{id}', { params: { path: { id: this.id } } });
  }

  /// A `client_id` makes it safe to send the same again: it is posted once.
  post(message: string | PostBody): Promise<Schemas['Message']> {
    const body = typeof message === 'string' ? { body: message } : message;
    return this.#palabre.post('/api/v1/rooms/{id}/messages', { params: { path: { id: this.id } }, body });
  }

  /// A page, ascending by seq; without a query the newest.
  async messages(query: HistoryQuery = {}): Promise<Schemas['Message'][]> {
    const params = { path: { id: this.id }, query };
    return (await this.#palabre.get('/api/v1/rooms/{id}/messages', { params })).items;
  }

  /// Adds the caller's reaction, or takes it back.
  react(messageId: string, emoji: string): Promise<Schemas['ToggledReaction']> {
    const params = { path: { id: this.id, mid: messageId } };
    return this.#palabre.post('/api/v1/rooms/{id}/messages/{mid}/reactions', { params, body: { emoji } });
  }

  /// The last one first.
  async pins(): Promise<Schemas['Pin'][]> {
    return (await this.#palabre.get('/api/v1/rooms/{id}/pins', { params: { path: { id: this.id } } })).items;
  }

  markRead(seq: number): Promise<Schemas['ReadState']> {
    return this.#palabre.put('/api/v1/rooms/{id}/read', { params: { path: { id: this.id } }, body: { seq } });
  }

  /// Keeps what was begun to write, for all of one's devices.
  saveDraft(body: string): Promise<Schemas['Draft']> {
    return this.#palabre.put('/api/v1/rooms/{id}/draft', { params: { path: { id: this.id } }, body: { body } });
  }

  typing(): Promise<void> {
    return this.#palabre.post('/api/v1/rooms/{id}/typing', { params: { path: { id: this.id } } });
  }

  presence(): Promise<Schemas['RoomPresence']> {
    return this.#palabre.get('/api/v1/rooms/{id}/presence', { params: { path: { id: this.id } } });
  }

  /// Several may listen to a room: they share one subscription.
  subscribe(handlers: RoomHandlers): Listening {
    const connection = this.#connection();
    const channel = `room:${this.id}`;
    const subscription = connection.getSubscription(channel) ?? connection.newSubscription(channel);
    const heard = listenersOf(handlers);
    for (const [name, listener] of Object.entries(heard)) subscription.on(name as keyof typeof heard, listener);
    const ready = readinessOf(subscription);
    subscription.subscribe();
    connection.connect();
    ready.catch(() => {}); // onEnd tells too: nobody has to wait for `ready`
    return { ready, close: () => leave(connection, subscription, heard) };
  }
}

function listenersOf(handlers: RoomHandlers) {
  return {
    publication: (publication: PublicationContext) => tell(handlers, publication),
    subscribed: ({ wasRecovering, recovered }: { wasRecovering: boolean; recovered: boolean }) => {
      if (wasRecovering && !recovered) handlers.onReload?.();
    },
    unsubscribed: (reason: { code: number; reason: string }) => {
      if (reason.code !== 0) handlers.onEnd?.(refusalOf(reason)); // 0: close() was called
    },
  };
}

/// centrifuge's own ready() does not say why it failed.
function readinessOf(subscription: Subscription): Promise<void> {
  if (subscription.state === SubscriptionState.Subscribed) return Promise.resolve();
  return new Promise((resolve, reject) => {
    subscription.once('subscribed', () => resolve());
    subscription.once('unsubscribed', (reason) => reject(refusalOf(reason)));
  });
}

function leave(connection: Centrifuge, subscription: Subscription, heard: ReturnType<typeof listenersOf>): void {
  for (const [name, listener] of Object.entries(heard)) subscription.off(name as keyof typeof heard, listener);
  if (subscription.listeners('publication').length > 0) return; // others listen on
  if (subscription.state !== SubscriptionState.Unsubscribed) subscription.unsubscribe();
  connection.removeSubscription(subscription);
}

function tell(handlers: RoomHandlers, { data, offset }: PublicationContext): void {
  if (data.type === 'typing') return handlers.onTyping?.(data);
  if (data.type === 'presence.counted') return handlers.onPresence?.(data.data);
  if (offset === undefined) return;
  const name = handlerOf[data.type as keyof EventData] as keyof RoomHandlers | undefined;
  const handler = name && (handlers[name] as ((event: RoomEvent) => void) | undefined);
  handler?.(data);
  handlers.onEvent?.(data);
}

/// 103: no such room, or not a member; the two look alike on purpose.
function refusalOf({ code, reason }: { code: number; reason: string }): PalabreError {
  const kind = code === 103 ? 'forbidden' : `realtime_${code}`;
  return new PalabreError(code, { code: kind as never, detail: reason });
}
