// The npm package `centrifuge`, unmodified, with nothing but a WebSocket and an EventSource handed to it.

import { Centrifuge } from 'centrifuge';
import { EventSource } from 'eventsource';
import WebSocket from 'ws';
import { at_end } from './at_end.mjs';

/// A client that is disconnected at the end of the test `t`. `where`: the URL of a WebSocket, or transports in the order
/// in which they are tried. Requires: the caller connects it.
export function new_client(t, where, options) {
  const client = new Centrifuge(where, {
    websocket: WebSocket,
    eventsource: EventSource,
    minReconnectDelay: 20, // the defaults reach 20 s; tests have less patience
    maxReconnectDelay: 200,
    ...options,
  });
  at_end(t, () => client.disconnect());
  return client;
}

/// A subscription of `client` to the room, and every publication it has been given, in order of arrival.
export function listen(client, room) {
  const subscription = client.newSubscription(`room:${room.id}`);
  const publications = [];
  subscription.on('publication', (publication) => publications.push(publication));
  return { subscription, publications };
}

/// The texts among publications that announce a message.
export function posted_bodies(publications) {
  return publications.filter(({ data }) => data.type === 'message.posted').map(({ data }) => data.data.body);
}
