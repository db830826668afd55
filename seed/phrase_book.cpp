#include "seed/phrase_book.hpp"

#include "base/assert.hpp"
#include "seed/phrase_sources.hpp"
#include "seed/slot.hpp"

namespace palabre::seed {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

void add_parts(std::string_view text, char between, std::vector<std::string>& to) {
  while (!text.empty()) {
    const auto end = text.find(between);
    if (const auto part = trimmed(text.substr(0, end)); !part.empty()) to.emplace_back(part);
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

bool brackets_close(std::string_view phrase) {
  bool open = false;
  for (const char c : phrase) {
    if (c != '[' && c != ']') continue;
    if (open == (c == '[')) return false;
    open = !open;
  }
  return !open;
}

class reader {
public:
  result<phrase_book> read(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const auto end = text.find('\n');
      const auto line = trimmed(text.substr(0, end));
      if (const std::string wrong = take(line); !wrong.empty())
        return error{errc::invalid, "line " + std::to_string(number) + ": " + wrong};
      text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    PALABRE_TRY(check(book_.everywhere));
    for (const topic& each : book_.topics) {
      PALABRE_TRY(check(each));
    }
    return std::move(book_);
  }

private:
  /// What is wrong with the line.
  std::string take(std::string_view line) {
    if (line.empty() || line.front() == '#') return {};
    const auto space = line.find(' ');
    const auto word = line.substr(0, space);
    const auto rest = space == line.npos ? std::string_view() : trimmed(line.substr(space));
    if (word == "topic") return begin_topic(rest);
    if (!topic_) return "a topic has to begin first";
    if (word == "exchange") return topic_->exchanges.emplace_back(), std::string();
    if (auto* lines = spoken(word)) return lines->emplace_back(rest), std::string();
    return take_setting(word, rest);
  }

  std::string begin_topic(std::string_view id) {
    topic_ = id == "everywhere" ? &book_.everywhere : &book_.topics.emplace_back();
    topic_->id = id;
    return id.empty() ? "a topic needs a name" : "";
  }

  std::vector<std::string>* spoken(std::string_view word) {
    if (topic_->exchanges.empty()) return nullptr;
    exchange& current = topic_->exchanges.back();
    if (word == "?") return &current.openers;
    if (word == "+") return &current.answers;
    if (word == ">") return &current.follow_ups;
    return word == "=" ? &current.closings : nullptr;
  }

  std::string take_setting(std::string_view word, std::string_view rest) {
    if (word == "name")
      add_parts(rest, '|', topic_->names);
    else if (word == "emoji")
      add_parts(rest, ' ', topic_->emoji);
    else if (word == "about")
      topic_->about = rest;
    else if (word == "category")
      topic_->category = rest;
    else if (word == "visibility" && rest == "private")
      topic_->is_private = true;
    else if (const auto equals = rest.find('='); word == "list" && equals != rest.npos)
      add_parts(rest.substr(equals + 1), '|', topic_->lists[std::string(trimmed(rest.substr(0, equals)))]);
    else
      return "not understood: " + std::string(word);
    return {};
  }

  result<void> check(const topic& of) const {
    for (const exchange& each : of.exchanges) {
      if (each.openers.empty() || each.answers.empty())
        return error{errc::invalid, of.id + ": an exchange that nobody begins, or nobody answers"};
      for (const auto* lines : {&each.openers, &each.answers, &each.follow_ups, &each.closings})
        for (const std::string& phrase : *lines) {
          PALABRE_TRY(check(of, phrase));
        }
    }
    return success();
  }

  result<void> check(const topic& of, std::string_view phrase) const {
    const auto refuse = [&](const char* why) {
      return error{errc::invalid, of.id + ": " + why + ": " + std::string(phrase)};
    };
    if (!brackets_close(phrase)) return refuse("[ without ]");
    for (std::string_view rest = phrase; !rest.empty();) {
      const auto found = next_slot(rest);
      if (!found) return refuse("{ without }, or nothing to fill in");
      if (found->name.empty()) break;
      if (!is_role(found->name) && values(of, found->name) < found->number) return refuse("a slot without a list");
      rest.remove_prefix(found->end);
    }
    return success();
  }

  std::size_t values(const topic& of, std::string_view list) const {
    for (const topic* each : {&of, &book_.everywhere})
      if (const auto found = each->lists.find(list); found != each->lists.end()) return found->second.size();
    return 0;
  }

  phrase_book book_;
  topic* topic_ = nullptr; ///< into book_: no topic begins while it is used
};

phrase_book embedded(language which) {
  for (const phrase_source& each : phrase_sources()) {
    if (each.name != name_of(which)) continue;
    auto book = read_phrases(each.text);
    PALABRE_ASSERT(book); // tests/app/seed_phrases_test.cpp reads them all
    return std::move(book.value());
  }
  PALABRE_ASSERT(false);
  return {};
}

} // namespace

std::string_view name_of(language which) {
  switch (which) {
  case language::english: return "english";
  case language::french: return "french";
  case language::mixed: break;
  }
  return "mixed";
}

result<phrase_book> read_phrases(std::string_view text) {
  return reader().read(text);
}

const phrase_book& phrases_in(language which) {
  static const phrase_book english = embedded(language::english), french = embedded(language::french),
                           mixed = embedded(language::mixed);
  return which == language::english ? english : which == language::french ? french : mixed;
}

} // namespace palabre::seed
