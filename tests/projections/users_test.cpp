// Accounts: who administrates, and who there is.

#include "world.hpp"

#include "events/streams.hpp"

namespace palabre::projections {
namespace {

using namespace testing;

class Accounts : public ::testing::Test {
protected:
  void registered(std::uint8_t n) {
    events::user_registered e;
    e.login.value = "person" + std::to_string(n);
    happened(n, e);
  }
  template <class Event>
  void happened(std::uint8_t n, const Event& event) {
    w.append(events::stream_of(person(n)), person(n), event);
  }
  /// "2", "2*" for administrators, of the accounts behind `after`; `count` at most.
  std::vector<std::string> listed(std::optional<user_id> after = {}, std::size_t count = 100) {
    EXPECT_TRUE(w.projector->catch_up());
    std::vector<std::string> found;
    EXPECT_TRUE(user_queries(*w.views).accounts(after, [&](user_id user, const user_row& row) {
      found.push_back(std::to_string(user.bytes[15]) + (row.administrator ? "*" : ""));
      return found.size() < count;
    }));
    return found;
  }

  world w;
};

using list = std::vector<std::string>;

TEST_F(Accounts, AreAdministratorsFromAPromotionToADemotion) {
  for (std::uint8_t n = 1; n <= 3; ++n) registered(n);
  EXPECT_EQ(listed(), (list{"1", "2", "3"}));
  happened(2, events::user_promoted{});
  happened(3, events::user_promoted{});
  EXPECT_EQ(listed(), (list{"1", "2*", "3*"}));
  events::profile_changed renamed;
  renamed.profile.display_name.value = "Two";
  happened(2, renamed);
  happened(3, events::user_demoted{});
  EXPECT_EQ(listed(), (list{"1", "2*", "3"}));
  EXPECT_EQ(user_queries(*w.views).user(person(2)).value()->profile_seq, 3u) << "a promotion changes no profile";
}

TEST_F(Accounts, WhoIsErasedAdministratesNothing) {
  for (std::uint8_t n = 1; n <= 2; ++n) registered(n);
  happened(1, events::user_promoted{});
  happened(1, events::user_erased{7});
  EXPECT_EQ(listed(), (list{"2"}));
}

TEST_F(Accounts, AreListedFromAnyPlaceOn) {
  for (std::uint8_t n = 1; n <= 5; ++n) registered(n);
  EXPECT_EQ(listed(person(2)), (list{"3", "4", "5"}));
  EXPECT_EQ(listed(person(2), 2), (list{"3", "4"}));
  EXPECT_EQ(listed(person(5)), list{});
}

} // namespace
} // namespace palabre::projections
