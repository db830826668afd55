#pragma once
// Every maximum, with its unit and its reason. What is over one is refused by its name.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace palabre::limits {

// ---- what people write (the API answers 422 `limit_exceeded` with the name)
constexpr std::size_t message_code_points_max = 4'000; ///< a long page of text
constexpr std::size_t message_bytes_max = 16 * 1024;   ///< 4 bytes for each code point, rounded up
constexpr std::size_t metadata_bytes_max = 4 * 1024;
constexpr std::size_t json_depth_max = 32; ///< of metadata and of request bodies
constexpr std::size_t room_name_code_points_max = 120;
constexpr std::size_t room_description_code_points_max = 2'000;
constexpr std::size_t label_code_points_max = 64; ///< category, theme, city, one interest
constexpr std::size_t display_name_code_points_max = 64;
constexpr std::size_t bio_code_points_max = 2'000;
constexpr std::size_t url_bytes_max = 2'048;
constexpr std::size_t interests_max = 50;
constexpr std::size_t login_bytes_min = 3, login_bytes_max = 32;
constexpr std::size_t email_bytes_max = 254;                              ///< RFC 5321
constexpr std::size_t password_bytes_min = 8, password_bytes_max = 1'024; ///< Argon2 reads it all
constexpr std::size_t idempotency_key_bytes_max = 128;                    ///< visible ASCII; of `client_id` too
constexpr std::size_t request_id_bytes_max = 128;
constexpr std::size_t presence_text_code_points_max = 140; ///< one line beside a name
constexpr std::size_t reason_code_points_max = 500;        ///< of a ban, a mute or a report
constexpr std::size_t parent_code_points_max = 200;        ///< shown of the message that one replies to
constexpr std::size_t emoji_bytes_max = 64;                ///< the longest RGI sequence has 35
static_assert(message_bytes_max >= message_code_points_max * 4);

// ---- how many
constexpr std::size_t sessions_per_user_max = 50;
constexpr std::size_t spent_tokens_per_session_max = 1'000; ///< refresh tokens remembered to notice their reuse
constexpr std::size_t rooms_per_user_max = 2'000;
constexpr std::size_t emoji_kinds_per_message_max = 50;
constexpr std::size_t edits_per_message_max = 100;
constexpr std::size_t mentions_per_message_max = 50; ///< each is an event in an inbox
constexpr std::size_t logins_per_message_max = 200;  ///< behind an @, of whomever: three readings of each are looked up
constexpr std::size_t reports_per_message_max = 100; ///< that nobody has looked at
constexpr std::size_t pins_per_room_max = 100;
constexpr std::size_t open_invitations_per_room_max = 200; ///< they stand in the room's state, 100 bytes each
constexpr std::uint32_t invitation_uses_max = 10'000;
constexpr std::chrono::seconds invitation_life_min{60}, invitation_life_max{365 * 24 * 3600},
    invitation_life_default{7 * 24 * 3600};
constexpr std::size_t ids_per_request_max = 200;
constexpr std::size_t page_items_max = 200;
constexpr std::size_t page_items_default = 50;
constexpr std::uint64_t unread_count_max = 999; ///< what people see as "many"; more is not counted
constexpr std::uint64_t mention_count_max = 99; ///< of those among the unread
constexpr std::size_t share_code_tries_max = 5; ///< drawn again when taken; one collision is already absurd

constexpr std::uint32_t slow_mode_seconds_max = 6 * 3600;
constexpr std::chrono::seconds sanction_min{1}, sanction_max{10 * 365 * 24 * 3600}; ///< of a ban or mute that ends

// ---- presence
constexpr std::chrono::hours presence_expiry_max{30 * 24}; ///< of a status set by hand
constexpr std::chrono::seconds auto_away_after_min{60}, auto_away_after_max{24 * 3600}, auto_away_after_default{300};
constexpr std::size_t presence_commands_per_tick_max = 256; ///< a storm of arrivals is spread: 2,560 a second
constexpr std::size_t presence_facts_max = 65'536;    ///< heard and not yet taken in; over it: dropped, and read anew
constexpr std::size_t presence_absences_max = 65'536; ///< who is not connected, and of whom contacts are to be told
constexpr std::size_t presence_individuals_max = 200; ///< default of `[presence] individuals_max`

// ---- search
constexpr std::size_t search_bytes_max = 512;          ///< of a question
constexpr std::size_t searches_waiting_max = 256;      ///< each takes some milliseconds
constexpr std::size_t search_results_deep_max = 1'000; ///< how far one pages; beyond it one asks more exactly

// ---- HTTP
constexpr std::size_t body_bytes_max = 256 * 1024;
constexpr std::size_t header_bytes_max = 16 * 1024;
constexpr std::size_t target_bytes_max = 8 * 1024;

// ---- realtime
constexpr std::size_t command_frame_bytes_max = 64 * 1024; ///< one WebSocket message from a client, fragments together
constexpr std::size_t echo_message_bytes_max = 16 * 1024 * 1024; ///< of /test/echo: what conformance suites send
constexpr std::size_t channel_bytes_max = 255;
constexpr std::size_t outbox_bytes_max = 1024 * 1024;         ///< per connection; over it: disconnect 3008
constexpr std::size_t hub_inbox_bytes_max = 64 * 1024 * 1024; ///< handed to an io thread that is behind; over it:
                                                              ///< dropped, and listeners recover from the log
constexpr std::size_t subscriptions_per_connection_max = 128;
constexpr std::uint16_t late_answers_max = 64;         ///< per connection: calls that are answered out of order
constexpr std::size_t emulated_messages_max = 128;     ///< that came by /emulation and wait; over it: disconnect 3013
constexpr std::size_t emulated_bytes_max = 256 * 1024; ///< of those together; one has command_frame_bytes_max
constexpr std::size_t ignored_bytes_max = 64 * 1024;   ///< that a client sends behind the request of a streamed answer
constexpr std::size_t tickets_per_user_max = 64;       ///< that wait to be used
constexpr std::chrono::seconds ticket_life{30};
constexpr std::size_t presence_clients_max = 1'000;  ///< in one answer; more are only counted
constexpr std::size_t tag_filter_nodes_max = 64;     ///< of one subscription
constexpr std::size_t tag_filter_values_max = 128;   ///< of one comparison
constexpr std::size_t connections_per_user_max = 64; ///< default of `[limits] connections_per_user`
constexpr std::size_t connections_max = 18'000;      ///< default of `[limits] connections`
constexpr std::size_t recovery_publications_max = 1'000;
constexpr std::size_t recovery_bytes_max = 512 * 1024; ///< recovered publications travel in one frame
static_assert(recovery_bytes_max < outbox_bytes_max);
static_assert(emulated_bytes_max >= command_frame_bytes_max);
constexpr std::size_t namespaces_max = 256;
constexpr std::size_t namespace_name_bytes_max = 64;
constexpr std::size_t api_keys_per_namespace_max = 16;
constexpr std::size_t api_key_bytes_min = 32;
constexpr std::size_t history_size_max = 10'000;   ///< `history_size` of a namespace
constexpr std::size_t named_streams_max = 100'000; ///< positions of named channels remembered, about 200 bytes each
constexpr std::size_t named_history_bytes_max = 256 << 20; ///< publications kept in memory, of all named channels
constexpr std::size_t foreign_token_bytes_max = 16 * 1024;
constexpr std::size_t foreign_name_bytes_max = 255; ///< what another system calls a user
constexpr std::size_t shown_info_bytes_max =
    4 * 1024; ///< `info` of a connection or subscription: it goes out with each join
constexpr std::size_t broadcast_channels_max = 1'000;
constexpr std::size_t api_history_publications_max = history_size_max;
constexpr std::size_t api_history_bytes_max = 8 * 1024 * 1024; ///< of one answer

// ---- actors: admission is counted before the mailbox, which has no bound of its own; over it: `overloaded`
constexpr std::uint32_t commands_in_flight_max = 16'384;
constexpr std::uint32_t commands_in_flight_per_stream_max = 4'096;
constexpr std::size_t recent_facts_max = 1'024; ///< changes a room remembers (about 150 bytes each, some more where
                                                ///< many are mentioned); older facts are looked up again
constexpr std::chrono::seconds idle_before_passivation{60};

// ---- storage
constexpr std::size_t event_bytes_max = 64 * 1024;   ///< one stored record
static_assert(event_bytes_max < recovery_bytes_max); // whoever reads in pieces gets on
constexpr std::size_t batch_records_max = 4'096;     ///< of one journal write; about 5 ms of memtable
constexpr std::size_t batch_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t journal_queue_bytes_max = 64 * 1024 * 1024; ///< over it: `overloaded`
constexpr std::size_t projector_rest_records_max = 512; ///< that the projector leaves for a while, to write rows once
// Rooms remember those, and as many again that come while they are folded.
static_assert(2 * projector_rest_records_max <= recent_facts_max);
constexpr std::size_t projector_queue_bytes_max = 64 * 1024 * 1024; ///< over it: dropped, and read from the log instead
constexpr std::size_t idempotency_keys_per_append_max = 2;          ///< the header's and `client_id`
constexpr std::size_t stream_heads_cached_max = 65'536;             ///< by the journal, about 10 MB
constexpr std::uint64_t snapshot_interval = 1'000;                  ///< events of a stream
static_assert(message_bytes_max * 2 + metadata_bytes_max * 2 < event_bytes_max); // escaped JSON may double

// ---- the edge is overloaded when its io thread is late by
constexpr std::chrono::milliseconds io_lateness_max{2'000}; ///< clients give up on a command after 5 s

// ---- the edge waits at most
constexpr std::chrono::milliseconds view_wait_max{2'000};
constexpr std::chrono::milliseconds command_wait_max{10'000};
constexpr std::chrono::milliseconds read_advance_pause{1'000}; ///< between two events of one (user, room)
constexpr std::size_t read_callers_max = 256;                  ///< that wait for one (user, room)
static_assert(read_advance_pause < command_wait_max);
constexpr std::size_t hasher_queue_max = 256;      ///< Argon2 takes about 46 ms each: 12 s of work
constexpr std::size_t rooms_on_io_thread_max = 50; ///< an answer about more is made by a reader: 1 to 4 µs a room
constexpr std::size_t long_reads_waiting_max =
    1'024; ///< about 1 ms each; with more rooms many give up after view_wait_max

} // namespace palabre::limits
