#include "http/realtime/publication.hpp"

#include "events/inbox.hpp"
#include "http/realtime/recovery.hpp"

#include <gtest/gtest.h>

namespace palabre::http::realtime {
namespace {

uuid id(std::string_view text) {
  return *parse_uuid(text);
}

const room_id room{id("01900000-0000-7000-8000-000000000001")};
const user_id ada{id("01900000-0000-7000-8000-0000000000aa")};
const message_id first_message{id("01900000-0000-7000-8000-0000000000f1")};

storage::committed_record record_in(const stream_id& stream, const events::encoded_event& event, stream_version seq,
                                    user_id actor = ada) {
  storage::record r;
  r.at = position{100 + seq};
  r.stream = stream;
  r.version = seq;
  r.time = timestamp{1'700'000'000'123};
  r.actor = actor;
  r.schema = event.schema;
  r.type = event.type;
  r.payload = event.payload;
  std::string stored = storage::encode(r);
  storage::complete(stored, r.at, seq, {});
  const auto view = storage::decode(stored);
  sha256_digest hash;
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(i + seq);
  return {std::move(stored), view.value(), hash};
}

storage::committed_record record_of(const events::encoded_event& event, stream_version seq, user_id actor = ada) {
  return record_in(events::stream_of(room), event, seq, actor);
}

events::message_posted hello() {
  events::message_posted posted;
  posted.message = first_message;
  posted.body.value = "hello \"you\"\nthere";
  posted.client_id = "c-1";
  posted.author_name.value = "Ada";
  return posted;
}

std::string publication(const storage::committed_record& record, events::words what = events::words::shown) {
  std::string out;
  EXPECT_TRUE(append_publication(out, record, what));
  return out;
}

constexpr std::string_view envelope =
    R"("id":"018bcfe5-687b-7708-890a-0b0c0d0e0f10","seq":1,"room_id":"01900000-0000-7000-8000-000000000001",)"
    R"("actor_id":"01900000-0000-7000-8000-0000000000aa","at":"2023-11-14T22:13:20.123Z",)";

TEST(Publication, OfAMessageCarriesTheStoredPayload) {
  EXPECT_EQ(publication(record_of(events::encode_one(hello()), 1)),
            R"({"data":{"type":"message.posted","v":2,)" + std::string(envelope) +
                R"("client_id":"c-1","data":{"message_id":"01900000-0000-7000-8000-0000000000f1",)"
                R"("body":"hello \"you\"\nthere","reply_to":null,"reply_to_seq":0,"client_id":"c-1","metadata":null,)"
                R"("author_name":"Ada","mentioned_user_ids":[]}},"offset":1,"tags":{"t":"message.posted"}})");
}

TEST(Publication, HidesTheWordsOfADeletedMessage) {
  events::message_posted posted = hello();
  posted.metadata.value.text = R"({"secret":"word"})";
  posted.mentioned_user_ids.emplace_back();
  EXPECT_EQ(publication(record_of(events::encode_one(posted), 1), events::words::hidden),
            R"({"data":{"type":"message.posted","v":2,)" + std::string(envelope) +
                R"("client_id":"c-1","data":{"message_id":"01900000-0000-7000-8000-0000000000f1",)"
                R"("body":null,"reply_to":null,"reply_to_seq":0,"client_id":"c-1","metadata":null,)"
                R"("author_name":"Ada","mentioned_user_ids":[]}},"offset":1,"tags":{"t":"message.posted"}})");
}

TEST(Publication, HidesSecrets) {
  events::room_created created;
  created.settings.name = "Salon";
  created.share_code.value = "ABCDEFGHJK";
  const std::string json = publication(record_of(events::encode_one(created), 1));
  EXPECT_EQ(json.find("ABCDEFGHJK"), std::string::npos);
  EXPECT_NE(json.find(R"("share_code":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("visibility":"private")"), std::string::npos);
}

TEST(Publication, TellsTheSystemFromPeople) {
  const std::string json = publication(record_of(events::encode_one(events::room_archived{}), 1, user_id{}));
  EXPECT_NE(json.find(R"("actor_id":null)"), std::string::npos);
}

TEST(Publication, TakesTheClientIdFromItsOwnFieldOnly) {
  const auto client_id_in = [](const events::message_posted& posted) {
    const std::string json = publication(record_of(events::encode_one(posted), 1));
    const std::string before = R"("at":"2023-11-14T22:13:20.123Z",)";
    const std::size_t begin = json.find(before) + before.size();
    return json.substr(begin, json.find(R"("data":{"message_id")") - begin);
  };
  events::message_posted posted = hello();
  posted.body.value = R"(,"client_id":"forged",)";
  posted.client_id = R"(a"b\)";
  EXPECT_EQ(client_id_in(posted), R"("client_id":"a\"b\\",)");
  posted.client_id.reset();
  posted.metadata.value.text = R"({"x":1,"client_id":"forged"})";
  EXPECT_EQ(client_id_in(posted), "");
}

TEST(Publication, PushIsThePublicationInItsChannel) {
  const auto record = record_of(events::encode_one(hello()), 7);
  std::string push;
  ASSERT_TRUE(append_push(push, record, events::words::shown));
  EXPECT_EQ(push,
            R"({"push":{"channel":"room:01900000-0000-7000-8000-000000000001","pub":)" + publication(record) + "}}");
  EXPECT_EQ(push.find('\n'), std::string::npos) << "a newline would end the message for clients";
}

// ---- Inboxes

template <class Event>
storage::committed_record in_the_inbox(const Event& event, stream_version version) {
  return record_in(events::inbox_of(ada), events::encode_one(event), version);
}

TEST(Publication, OfAnInboxIsAboutARoomAndHasTheInboxsOffset) {
  const auto read = in_the_inbox(events::read_advanced{room, 41}, 1);
  EXPECT_EQ(publication(read), R"({"data":{"type":"read.advanced","v":1,)" + std::string(envelope) +
                                   R"("data":{"room_id":"01900000-0000-7000-8000-000000000001","seq":41}},"offset":1,)"
                                   R"("tags":{"t":"read.advanced"}})");
  EXPECT_TRUE(is_of_inbox(read.view));
  EXPECT_FALSE(is_of_room(read.view));
  EXPECT_FALSE(is_of_inbox(record_of(events::encode_one(hello()), 1).view));
}

TEST(Publication, OfAnInboxNamesTheRoomWhateverTheEvent) {
  for (const auto& record :
       {in_the_inbox(events::inbox_joined{room, events::role::owner, events::join_way::created}, 3),
        in_the_inbox(events::inbox_left{room}, 4)}) {
    const std::string json = publication(record);
    EXPECT_NE(json.find(R"(,"room_id":"01900000-0000-7000-8000-000000000001","actor_id":)"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("offset":)" + std::to_string(record.view.version)), std::string::npos) << json;
  }
}

TEST(Publication, PushOfAnInboxGoesToItsUser) {
  const auto record = in_the_inbox(events::inbox_left{room}, 7);
  std::string push;
  ASSERT_TRUE(append_push(push, record, events::words::shown));
  EXPECT_EQ(push,
            R"({"push":{"channel":"user:01900000-0000-7000-8000-0000000000aa","pub":)" + publication(record) + "}}");
}

TEST(EventId, IsAUuidOfVersion7ThatFollowsTheRecord) {
  const auto a = record_of(events::encode_one(hello()), 1), b = record_of(events::encode_one(hello()), 2);
  EXPECT_EQ(event_id(a), event_id(record_of(events::encode_one(hello()), 1)));
  EXPECT_NE(event_id(a), event_id(b));
  EXPECT_EQ(to_text(event_id(a))[14], '7');
}

// ---- What is recovered

std::vector<storage::committed_record> a_short_history() {
  std::vector<storage::committed_record> all;
  events::message_edited edited;
  edited.message = first_message;
  edited.message_seq = 1;
  edited.body.value = "changed";
  events::message_deleted deleted;
  deleted.message = first_message;
  deleted.message_seq = 1;
  deleted.author = ada;
  events::message_posted other = hello();
  other.body.value = "stays";
  all.push_back(record_of(events::encode_one(hello()), 1));
  all.push_back(record_of(events::encode_one(edited), 2));
  all.push_back(record_of(events::encode_one(other), 3));
  all.push_back(record_of(events::encode_one(deleted), 4));
  return all;
}

constexpr std::size_t unbounded = 1'000'000;

TEST(Recovery, ShowsMembersNoWordsOfWhatIsDeletedByNow) {
  const auto history = a_short_history();
  const std::string seen =
      publications_of(history, {{}, events::role::member}, deletions_within(history), unbounded).value();
  EXPECT_EQ(seen.find("hello"), std::string::npos);
  EXPECT_EQ(seen.find("changed"), std::string::npos);
  EXPECT_NE(seen.find("stays"), std::string::npos);
  EXPECT_NE(seen.find(R"("offset":4)"), std::string::npos);
}

TEST(Recovery, ShowsModeratorsAllWords) {
  const auto history = a_short_history();
  const std::string seen =
      publications_of(history, {{}, events::role::moderator}, deletions_within(history), unbounded).value();
  EXPECT_NE(seen.find("hello"), std::string::npos);
  EXPECT_NE(seen.find("changed"), std::string::npos);
}

TEST(Recovery, ShowsModeratorsWhatTheyAloneSee) {
  events::member_banned banned;
  banned.user = user_id{id("01900000-0000-7000-8000-0000000000bb")};
  std::vector<storage::committed_record> history;
  history.push_back(record_of(events::encode_one(hello()), 1));
  history.push_back(record_of(events::encode_one(banned), 2));
  const auto seen_as = [&](events::role as) {
    return publications_of(history, {{}, as}, deletions_within(history), unbounded).value();
  };
  EXPECT_EQ(seen_as(events::role::member), "[" + publication(history[0]) + "]");
  for (const auto as : {events::role::moderator, events::role::admin, events::role::owner})
    EXPECT_EQ(seen_as(as), "[" + publication(history[0]) + "," + publication(history[1]) + "]");
}

TEST(Recovery, IsCutBehindItsBound) {
  const auto history = a_short_history();
  const std::string seen = publications_of(history, {{}, events::role::member}, deletions_within(history), 10).value();
  EXPECT_EQ(seen, "[" + publication(history[0], events::words::hidden) + "]");
}

TEST(Recovery, KnowsPositionsOfThisHistoryOnly) {
  const log_position at_ten{10, "Epoch"};
  EXPECT_TRUE(is_known({10, "Epoch"}, at_ten));
  EXPECT_TRUE(is_known({0, ""}, at_ten)) << "no epoch is any epoch";
  EXPECT_FALSE(is_known({11, "Epoch"}, at_ten)) << "ahead of the log";
  EXPECT_FALSE(is_known({0, "_"}, at_ten)) << "what clients send once their state was invalidated";
  EXPECT_TRUE(is_recoverable({0, "Epoch"}, {1'000, "Epoch"}));
  EXPECT_FALSE(is_recoverable({0, "Epoch"}, {1'001, "Epoch"}));
}

} // namespace
} // namespace palabre::http::realtime
