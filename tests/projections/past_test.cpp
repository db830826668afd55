// What looking back costs: it is what callers are charged for.

#include "projections/past.hpp"

#include "world.hpp"

namespace palabre::projections {
namespace {

using testing::message_number;
using testing::person;
using testing::room_number;

class Past : public ::testing::Test, protected testing::world {
protected:
  static constexpr std::size_t messages = 100;

  /// A room with so many messages, the first of which was reacted to often.
  Past() {
    append(at_, ada_, events::room_created{});
    append(at_, ada_, events::member_joined{ada_, events::role::owner, events::join_way::created, {"Ada"}});
    for (std::size_t i = 1; i <= messages; ++i) {
      events::message_posted e;
      e.message = message_number(i);
      e.body.value = "words";
      e.metadata.value.text = "null";
      append(at_, ada_, e);
    }
    said_ = last();
  }
  stream_version last() const { return log->head_of(at_).value().version; }
  void react(std::uint64_t message, int times) {
    const stream_version seq = message + 2;
    for (int i = 0; i < times; ++i) {
      append(at_, ada_, events::reaction_added{message_number(message), seq, "👍"});
      append(at_, ada_, events::reaction_removed{message_number(message), seq, "👍"});
    }
    ASSERT_TRUE(projector->catch_up());
  }
  /// Of a page of so many messages from the first on, as it was at `at`.
  std::size_t rows_of_page(stream_version at, std::size_t limit) {
    past_queries::effort done;
    page_request what{page_request::anchor::after, 0, limit};
    EXPECT_EQ(past_.page(room_, at, what, past_queries::deleted_words::hidden, done).value().count, limit);
    return done.rows;
  }

  const user_id ada_ = person(1);
  const room_id room_ = room_number(1);
  const stream_id at_ = events::stream_of(room_);
  stream_version said_ = 0;
  log_reader reader_{*log};
  profiles authors_{*views};
  past_queries past_{*views, reader_, authors_};
};

TEST_F(Past, APageCostsWhatItsMessagesHaveGoneThrough) {
  react(1, 0);
  EXPECT_EQ(rows_of_page(said_, 10), 10u) << "as they are";
  EXPECT_EQ(rows_of_page(said_, 100), 100u);
  react(1, 250);
  const stream_version behind = last();
  EXPECT_EQ(rows_of_page(said_, 10), 10u + past_queries::rows_per_record) << "one is read from the log";
  react(1, 1);
  EXPECT_EQ(rows_of_page(behind, 10), 10u + past_queries::rows_per_record + 500u)
      << "with all that it had gone through";
  past_queries::effort done;
  past_queries::parents none;
  ASSERT_TRUE(past_.reactions(room_, behind, message_number(1), done));
  EXPECT_EQ(done.rows, 500u);
  ASSERT_TRUE(past_.message(room_, behind, message_number(2), past_queries::deleted_words::hidden, none, done));
  EXPECT_EQ(done.rows, 501u) << "it is added";
}

TEST_F(Past, MembersCostTheirChanges) {
  react(1, 0);
  past_queries::effort done;
  ASSERT_TRUE(past_.members(room_, said_, {}, 10, done));
  EXPECT_EQ(done.rows, 1u);
}

} // namespace
} // namespace palabre::projections
