// The log as lines, and a log made of them: the same one, or none.

#include "damage.hpp"
#include "history.hpp"
#include "interrupted_program.hpp"
#include "lines_of.hpp"
#include "stored_conversation.hpp"

#include <algorithm>
#include <fstream>
#include <random>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

class Export : public StoredConversation {
protected:
  std::string exported(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> arguments{"export", "--data", data_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return expect_done(arguments).printed;
  }
  std::vector<std::string> import_of(const std::string& text) const {
    std::ofstream(at("lines"), std::ios::binary | std::ios::trunc) << text;
    return {"import", "--data", at("imported"), "--from", at("lines")};
  }
  std::string secrets() const {
    std::string all;
    for (const auto& [path, bytes] : contents_below(data_ + "/secrets")) all += bytes;
    return all;
  }
};

TEST_F(Export, WithSecretsIsImportedAsTheSameLog) {
  const std::string lines = exported({"--with-secrets"});
  const auto ran = expect_done(import_of(lines));
  EXPECT_NE(ran.printed.find("name.key"), std::string::npos) << "keys travel apart: " << ran.printed;
  EXPECT_TRUE(printed(at("imported")) == printed(data_)); // with the hash of every record
  expect_verified(at("imported"));

  const auto before = lines_of(lines);
  fs::copy(data_ + "/secrets", at("imported/secrets")); // keys travel apart
  fs::copy(data_ + "/keys", at("imported/keys"));
  const auto after = lines_of(expect_done({"export", "--with-secrets", "--data", at("imported")}).printed);
  ASSERT_EQ(after.size(), before.size());
  EXPECT_NE(after.front(), before.front()) << "the epoch must be a new one";
  EXPECT_TRUE(std::equal(before.begin() + 1, before.end() - 1, after.begin() + 1));

  serve_instead(at("imported"));
  http_client client(server_.port());
  EXPECT_EQ(messages_after(client, ada_.token(), room_, 0).size(), messages);
  EXPECT_EQ(server_.stop(), 0);
  expect_verified(data_);
}

TEST_F(Export, GoesThroughAPipe) {
  const std::string command = std::string(PALABRE_BINARY) + " export --with-secrets --data " + data_ +
                              " 2>/dev/null | " + PALABRE_BINARY + " import --data " + at("imported") +
                              " --from - >/dev/null 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_TRUE(printed(at("imported")) == printed(data_));
}

TEST_F(Export, WithoutSecretsHoldsNoneAndIsNotImported) {
  const std::string text = exported();
  const auto lines = lines_of(text);
  EXPECT_EQ(lines.size(), events_.size() + 2);
  for (std::size_t i = 0; i < events_.size(); ++i) EXPECT_EQ(lines[i + 1], events_[i].text);
  EXPECT_EQ(text.find("argon2"), std::string::npos);
  EXPECT_EQ(text.find("\"stored\""), std::string::npos);
  expect_refused(import_of(text), at("imported"), {"line 1", "--with-secrets"});
}

TEST_F(Export, OfOnePersonHoldsWhatConcernsThem) {
  const auto lines = lines_of(exported({"--user", ada_.id()}));
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    EXPECT_NE(lines[i].find(ada_.id()), std::string::npos) << lines[i];
    EXPECT_EQ(lines[i].find("\"stored\""), std::string::npos);
  }
  const auto said = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("message.posted") != std::string::npos;
  });
  EXPECT_EQ(static_cast<std::size_t>(said), messages);
  EXPECT_NE(lines.front().find(ada_.id()), std::string::npos) << lines.front();
  expect_refused(import_of(joined(lines)), at("imported"), {"to be read, not imported"});
  const auto room_lines = lines_of(exported({"--room", room_, "--since", events_.back().at}));
  EXPECT_GE(room_lines.size(), 3u);
  const auto both = run_palabre({"export", "--data", data_, "--with-secrets", "--user", ada_.id()});
  EXPECT_EQ(both.status, 2);
}

TEST_F(Export, ToAFileIsForItsOwnerOnlyAndWritesOverNothing) {
  const auto ran = expect_done({"export", "--data", data_, "--with-secrets", "--to", at("lines")});
  EXPECT_NE(ran.printed.find(std::to_string(events_.size()) + " events"), std::string::npos) << ran.printed;
  EXPECT_EQ(fs::status(at("lines")).permissions(), fs::perms(0600));
  const auto before = contents_below(folder_);
  EXPECT_EQ(before.begin()->second, exported({"--with-secrets"}));
  EXPECT_EQ(run_palabre({"export", "--data", data_, "--to", at("lines")}).status, 1);
  EXPECT_TRUE(contents_below(folder_) == before);
}

TEST_F(Export, OfADamagedLogIsRefused) {
  const flipped_byte damage(data_ + "/log", ".log", word(messages / 2));
  const auto ran = run_palabre({"export", "--data", data_, "--to", at("lines")});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.complained.find("palabre recover"), std::string::npos) << ran.complained;
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Export, WhatWasChangedOnItsWayIsRefusedWithTheNumberOfTheLine) {
  const auto whole = lines_of(exported({"--with-secrets"}));
  const std::size_t last = whole.size() - 1, middle = last / 2;
  const auto with = [&](auto&& change) {
    auto lines = whole;
    change(lines);
    return joined(lines);
  };
  const auto replaced = [](std::string& in, const std::string& what, const std::string& by) {
    const auto at = in.find(what);
    ASSERT_NE(at, std::string::npos) << what << " in " << in;
    in.replace(at, what.size(), by);
  };
  const auto flip = [](std::string& line, std::size_t back) {
    char& letter = line[line.size() - back];
    letter = letter == 'A' ? 'B' : 'A';
  };
  struct {
    const char* what;
    std::string text;
    std::size_t line; ///< from 0
    std::string says;
  } const table[] = {
      {"nothing", "", 0, "there is nothing"},
      {"another file", "{\"a\":1}\n", 0, "no export of Palabre"},
      {"a later version", with([&](auto& l) { replaced(l[0], R"("version":1)", R"("version":2)"); }), 0, "version 2"},
      {"no header", with([](auto& l) { l.erase(l.begin()); }), 0, "no export of Palabre"},
      {"one line less", with([&](auto& l) { l.erase(l.begin() + static_cast<long>(middle)); }), middle,
       "position " + std::to_string(middle)},
      {"one line twice", with([&](auto& l) { l.insert(l.begin() + static_cast<long>(middle), l[middle]); }), middle + 1,
       "position " + std::to_string(middle + 1)},
      {"two exchanged", with([&](auto& l) { std::swap(l[middle], l[middle + 1]); }), middle,
       "position " + std::to_string(middle)},
      {"another envelope", with([&](auto& l) { flip(l[middle], 20); }), middle, "is not what has the hash"},
      {"no envelope", with([&](auto& l) { l[middle] = "{}"; }), middle, "has no \"stored\""},
      {"no base64", with([&](auto& l) { l[middle] = R"({"stored":"a-b"})"; }), middle, "not base64"},
      {"an envelope of nothing", with([&](auto& l) { l[middle] = R"({"stored":""})"; }), middle, "not base64"},
      {"no JSON", with([&](auto& l) { l[middle] = "hello"; }), middle, "not a JSON object"},
      {"no object", with([&](auto& l) { l[middle] = "[]"; }), middle, "not a JSON object"},
      {"an empty line", with([&](auto& l) { l[middle].clear(); }), middle, "not a JSON object"},
      {"an endless line", with([&](auto& l) { l[middle].assign(3'000'000, ' '); }), middle, "longer than"},
      {"other words", with([&](auto& l) { replaced(l[middle], "message.posted", "message.pasted"); }), last,
       "they were changed"},
      {"cut off at a line", with([&](auto& l) { l.resize(middle); }), middle, "it was cut off"},
      {"cut off before the end", with([&](auto& l) { l.pop_back(); }), last, "it was cut off"},
      {"cut off in a line", with([&](auto& l) { l.resize(middle); }) + whole[middle].substr(0, 30), middle, "cut off"},
      {"another count", with([&](auto& l) { replaced(l[last], R"("events":)", R"("events":1)"); }), last,
       "were exported"},
      {"another hash", with([&](auto& l) { flip(l[last], 5); }), last, "they were changed"},
      {"something behind", with([&](auto& l) { l.push_back(l[1]); }), last + 1, "behind the last line"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    expect_refused(import_of(row.text), at("imported"), {"line " + std::to_string(row.line + 1) + ":", row.says});
  }
  expect_done(import_of(joined(whole)));
}

TEST_F(Export, EveryByteOfAnImportCounts) {
  const std::string whole = exported({"--with-secrets"});
  std::mt19937_64 random(std::random_device{}());
  for (int round = 0; round < 40; ++round) {
    std::string text = whole;
    const std::size_t place = random() % text.size();
    text[place] = static_cast<char>(text[place] ^ (1 << random() % 7));
    SCOPED_TRACE("byte " + std::to_string(place));
    expect_refused(import_of(text), at("imported"), {"line "});
  }
}

TEST_F(Export, AnImportGoesOnlyWhereNoLogIs) {
  const std::string lines = exported({"--with-secrets"});
  const auto before = contents_below(data_);
  auto into_itself = import_of(lines);
  into_itself[2] = data_;
  const auto ran = run_palabre(into_itself);
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.complained.find(data_ + "/log"), std::string::npos) << ran.complained;
  EXPECT_TRUE(contents_below(data_) == before);
  fs::create_directories(at("imported/secrets"));
  fs::copy(data_ + "/secrets/name.key", at("imported/secrets/name.key"));
  const auto with_keys = expect_done(import_of(lines));
  EXPECT_EQ(with_keys.printed.find("keys: none"), std::string::npos) << with_keys.printed;
}

TEST_F(Export, AnImportKilledAtAnyMomentLeavesNoHalfLog) {
  const auto arguments = import_of(exported({"--with-secrets"}));
  std::mt19937_64 random(std::random_device{}());
  std::size_t killed = 0;
  for (int round = 0; round < 25; ++round) {
    killed += run_and_kill(arguments, std::chrono::microseconds(random() % 100'000));
    if (fs::exists(at("imported/log"))) {
      EXPECT_TRUE(printed(at("imported")) == printed(data_));
      fs::remove_all(at("imported"));
    }
  }
  EXPECT_GT(killed, 0u);
  expect_done(arguments);
  EXPECT_FALSE(fs::exists(at("imported/import.partial")));
  expect_verified(at("imported"));
}

TEST_F(Export, BesideALiveServerHoldsWhatWasAcked) {
  server_.start();
  person bob(server_, "bob");
  bob.post("/api/v1/rooms/" + room_ + "/join", "");
  EXPECT_EQ(bob.say(room_, "the newest words").status, 201);
  const std::string text = exported({"--with-secrets"});
  EXPECT_NE(text.find("the newest words"), std::string::npos);
  expect_done(import_of(text));
  expect_verified(at("imported"));
}

} // namespace
} // namespace palabre::testing
