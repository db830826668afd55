import type { Centrifuge, ServerPublicationContext } from 'centrifuge';
import type { UserEvent } from './events.js';
import type { Listening } from './realtime.js';
import type { components } from './schema.js';

/// Coming, going, roles, and what a room holds against one.
export type MembershipEvent = Extract<UserEvent, { type: `member.${string}` }>;

/// What concerns the user, wherever it happens. All are optional.
export type UserHandlers = {
  onPresence?: (person: components['schemas']['Presence']) => void; ///< of people one shares a room with
  onMembership?: (event: MembershipEvent) => void; ///< one's own
  onRead?: (event: Extract<UserEvent, { type: 'read.advanced' }>) => void; ///< on another device of one's own
  onEvent?: (event: UserEvent) => void; ///< each that is stored, those above included
};

/// The server subscribes a connection to its user's channel by itself.
export function listenToUser(connection: Centrifuge, handlers: UserHandlers): Listening {
  const hear = (publication: ServerPublicationContext) => {
    if (publication.channel.startsWith('user:')) tell(handlers, publication);
  };
  connection.on('publication', hear);
  connection.connect();
  const ready = connection.ready();
  ready.catch(() => {}); // nobody has to wait for it
  return { ready, close: () => void connection.off('publication', hear) };
}

function tell(handlers: UserHandlers, { data, offset }: ServerPublicationContext): void {
  if (data.type === 'presence.changed') return handlers.onPresence?.(data.data);
  if (offset === undefined) return;
  if (data.type === 'read.advanced') handlers.onRead?.(data);
  if (isMembership(data)) handlers.onMembership?.(data);
  handlers.onEvent?.(data);
}

function isMembership(event: UserEvent): event is MembershipEvent {
  return event.type.startsWith('member.');
}
