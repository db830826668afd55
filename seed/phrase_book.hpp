#pragma once
// What people say, read from the files of seed/phrases/: one line, one thing, its first word says what.
//
//   # a comment
//   topic garden                     what follows belongs to it; `everywhere` goes with all topics of the file
//   name Green thumbs | The plot     of rooms about it
//   about Tomatoes and slugs.        their description
//   category gardening
//   visibility private               these rooms are; public is not said
//   emoji 🌱 🍅                       to react with
//   list pest = slugs | aphids       what a {pest} can be; a second line adds to it
//   exchange                         what belongs together:
//   ? Encore {pest}.                   how it can begin
//   + Try beer.                        answers of others, that fit each beginning
//   > Thank you, {answerer}!           what whoever began says then
//   = Good room, this.                 what somebody else may say at the end
//
// A slot {pest} is the same thing throughout an exchange, {pest:2} another one; {^pest} begins a sentence. {asker} and
// {answerer}, the last who answered, are first names. [a|b] is one of both.

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::seed {

enum class language { english, french, mixed };
std::string_view name_of(language which);

struct exchange {
  std::vector<std::string> openers, answers, follow_ups, closings;
};

struct topic {
  std::string id, about, category;
  std::vector<std::string> names, emoji;
  bool is_private = false;
  std::map<std::string, std::vector<std::string>, std::less<>> lists;
  std::vector<exchange> exchanges;
};

struct phrase_book {
  topic everywhere;
  std::vector<topic> topics;
};

/// Errors: invalid, with the line: an unknown word, a slot without a list or with too short a one, a bracket that does
/// not close, an exchange that nobody begins or nobody answers.
result<phrase_book> read_phrases(std::string_view text);

/// What this binary has. Threads: any. Lifetime: the program's.
const phrase_book& phrases_in(language which);

} // namespace palabre::seed
