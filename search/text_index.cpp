#include "search/text_index.hpp"

#include "base/bytes.hpp"
#include "events/catalog.hpp"
#include "search/plain_letters.hpp"

#include <xapian.h>

#include <charconv>
#include <filesystem>
#include <memory>
#include <unordered_set>

namespace palabre::search {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view index_version = "2"; // raised with every change of what is in a document
constexpr const char* made_from_key = "palabre.made_from";
constexpr const char* position_key = "palabre.position";
constexpr Xapian::valueno time_slot = 0, room_slot = 1;
constexpr const char* link_term = "XLINK";
constexpr const char* languages[] = {"en", "fr"};
constexpr std::size_t snippet_bytes = 200, snippet_source_bytes = 4'096;

bool is_damage(const Xapian::Error& e) {
  const std::string_view type = e.get_type();
  return type == "DatabaseCorruptError" || type == "DatabaseVersionError";
}

error failure_of(const Xapian::Error& e) {
  return {is_damage(e) ? errc::corrupt : errc::io, "search: " + e.get_description()};
}

/// Runs `work`, whose exceptions are errors here.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const Xapian::Error& e) {
    return failure_of(e);
  } catch (const fs::filesystem_error& e) {
    return error{errc::io, std::string("search: ") + e.what()};
  }
}

std::string term_of(char prefix, const uuid& id) {
  return prefix + to_text(id);
}
std::string message_term(const uuid& message) {
  return term_of('Q', message);
}
std::string room_term(const uuid& room) {
  return term_of('R', room);
}
std::string author_term(const uuid& author) {
  return term_of('A', author);
}

std::string stored_time(timestamp at) {
  return Xapian::sortable_serialise(static_cast<double>(at.ms));
}

bool has_link(std::string_view body) {
  return body.find("http://") != std::string_view::npos || body.find("https://") != std::string_view::npos;
}

/// The words themselves with their places, for phrases; and their stems in each language.
void add_words_in_each_language(Xapian::TermGenerator& generator, const std::string& body) {
  for (const char* language : languages) {
    generator.set_stemmer(Xapian::Stem(language));
    const bool is_first = language == languages[0];
    generator.set_stemming_strategy(is_first ? Xapian::TermGenerator::STEM_SOME : Xapian::TermGenerator::STEM_ALL_Z);
    if (is_first)
      generator.index_text(body);
    else
      generator.index_text_without_positions(body);
  }
}

void add_words(Xapian::Document& document, const std::string& body) {
  Xapian::TermGenerator generator;
  generator.set_document(document);
  add_words_in_each_language(generator, body);
  const std::string plain = without_accents(body);
  if (plain == body) return;
  generator.increase_termpos(); // no phrase goes from one to the other
  add_words_in_each_language(generator, plain);
}

Xapian::Document document_of(room_id room, stream_version seq, user_id author, timestamp at, const uuid& message,
                             const std::string& body) {
  Xapian::Document document;
  std::string place;
  append_bytes(place, room);
  put_int<std::uint64_t>(place, seq);
  document.set_data(place);
  document.add_value(time_slot, stored_time(at));
  document.add_value(room_slot, place.substr(0, sizeof(uuid)));
  document.add_boolean_term(message_term(message));
  document.add_boolean_term(room_term(room));
  document.add_boolean_term(author_term(author));
  if (has_link(body)) document.add_boolean_term(link_term);
  add_words(document, body);
  return document;
}

/// One of `terms`.
template <class Id>
Xapian::Query any_of(const std::vector<Id>& ids, std::string (*term)(const uuid&)) {
  std::vector<std::string> terms;
  for (const Id& each : ids) terms.push_back(term(each));
  return Xapian::Query(Xapian::Query::OP_OR, terms.begin(), terms.end());
}

/// What is in one of many rooms: looks at each message that everything else has found, instead of walking along the
/// messages of each room.
class messages_of_rooms final : public Xapian::ValuePostingSource {
public:
  explicit messages_of_rooms(const std::vector<room_id>& rooms)
      : ValuePostingSource(room_slot),
        rooms_(std::make_shared<std::unordered_set<room_id>>(rooms.begin(), rooms.end())) {}
  void init(const Xapian::Database& database) override {
    ValuePostingSource::init(database);
    set_maxweight(0);
    set_termfreq_min(0);
  }
  double get_weight() const override { return 0; }
  // Which weight is wanted is a hint, which the base class takes for more: there is none here.
  void next(double) override {
    do ValuePostingSource::next(0);
    while (!at_end() && !is_in_one());
  }
  void skip_to(Xapian::docid message, double) override {
    ValuePostingSource::skip_to(message, 0);
    if (!at_end() && !is_in_one()) next(0);
  }
  bool check(Xapian::docid message, double) override {
    return ValuePostingSource::check(message, 0) && (at_end() || is_in_one());
  }
  messages_of_rooms* clone() const override { return new messages_of_rooms(*this); }

private:
  messages_of_rooms(const messages_of_rooms& other) : ValuePostingSource(room_slot), rooms_(other.rooms_) {}

  bool is_in_one() const {
    const std::string room = get_value();
    return room.size() == sizeof(uuid) && rooms_->contains(room_id{uuid_from_bytes(room.data())});
  }

  const std::shared_ptr<const std::unordered_set<room_id>> rooms_;
};

/// The words in each language, as they are and without their accents.
Xapian::Query words_query(const Xapian::Database& database, const std::string& words) {
  constexpr unsigned flags = Xapian::QueryParser::FLAG_PHRASE;
  std::vector<std::string> forms = {in_small_letters(words)}; // with a capital it would be taken for a name
  if (std::string plain = without_accents(forms[0]); plain != forms[0]) forms.push_back(std::move(plain));
  std::vector<Xapian::Query> all;
  for (const std::string& form : forms)
    for (const char* language : languages) {
      Xapian::QueryParser parser;
      parser.set_database(database);
      parser.set_default_op(Xapian::Query::OP_AND);
      parser.set_stemmer(Xapian::Stem(language));
      parser.set_stemming_strategy(Xapian::QueryParser::STEM_SOME);
      all.push_back(parser.parse_query(form, flags));
    }
  return Xapian::Query(Xapian::Query::OP_OR, all.begin(), all.end());
}

/// Whether to find the messages of the rooms first and look at the rest then: else the other way round.
bool are_rooms_narrower(const Xapian::Database& database, const std::vector<room_id>& rooms,
                        const Xapian::Query& everything_else) {
  constexpr std::size_t few_rooms = 16;
  constexpr double dearer = 4; ///< a message that is found by one of many rooms, than one whose room is looked up
  if (rooms.size() <= few_rooms) return true;
  Xapian::Enquire enquire(database);
  enquire.set_query(everything_else);
  const double others = enquire.get_mset(0, 0).get_matches_estimated();
  double in_them = 0;
  for (const room_id& room : rooms) { // each costs a look-up: they end as soon as it is known
    in_them += database.get_termfreq(room_term(room));
    if (in_them * dearer >= others) return false;
  }
  return true;
}

Xapian::Query query_of(const Xapian::Database& database, const text_query& what) {
  Xapian::Query query = what.words.empty() ? Xapian::Query::MatchAll : words_query(database, what.words);
  for (const std::string& each : what.without)
    query = Xapian::Query(Xapian::Query::OP_AND_NOT, query, words_query(database, each));
  const auto only = [&](const Xapian::Query& filter) {
    query = Xapian::Query(Xapian::Query::OP_FILTER, query, filter);
  };
  if (!what.authors.empty()) only(any_of(what.authors, author_term));
  if (what.has_link) only(Xapian::Query(link_term));
  only(are_rooms_narrower(database, what.rooms, query) ? any_of(what.rooms, room_term)
                                                       : Xapian::Query((new messages_of_rooms(what.rooms))->release()));
  if (what.after) only(Xapian::Query(Xapian::Query::OP_VALUE_GE, time_slot, stored_time(*what.after)));
  if (what.before) only(Xapian::Query(Xapian::Query::OP_VALUE_LE, time_slot, stored_time({what.before->ms - 1})));
  return query;
}

/// The beginning of a long message: what is further behind is found, and not shown.
std::string_view beginning_of(std::string_view body) {
  if (body.size() <= snippet_source_bytes) return body;
  std::size_t end = snippet_source_bytes;
  while (end > 0 && (static_cast<unsigned char>(body[end]) & 0xC0) == 0x80) --end; // not within a letter
  return body.substr(0, end);
}

std::string snippet_of(const Xapian::MSet& found, const std::string& body) {
  const std::string text(beginning_of(body));
  for (const char* language : languages) {
    std::string snippet = found.snippet(text, snippet_bytes, Xapian::Stem(language),
                                        Xapian::MSet::SNIPPET_EMPTY_WITHOUT_MATCH, "<mark>", "</mark>", "…");
    if (!snippet.empty()) return snippet;
  }
  return found.snippet(text, snippet_bytes, Xapian::Stem(), 0, "<mark>", "</mark>", "…");
}

position position_in(const std::string& text) {
  position at;
  std::from_chars(text.data(), text.data() + text.size(), at.value);
  return at;
}

} // namespace

struct text_index::state {
  std::string directory, made_from;
  Xapian::WritableDatabase database;
  position applied;
  std::size_t pending = 0;
  bool damaged = false;

  /// The same as guarded(); it remembers damage.
  template <class Work>
  auto on_files(Work work) -> decltype(work()) {
    auto done = guarded(std::move(work));
    damaged = damaged || (!done && done.error().code == errc::corrupt);
    return done;
  }

  void begin(int action) {
    fs::create_directories(directory);
    fs::remove_all(directory + "/fresh"); // of a forgetting that was interrupted
    database = Xapian::WritableDatabase(directory + "/index", action | Xapian::DB_BACKEND_GLASS);
    if (database.get_metadata(made_from_key).empty()) {
      database.set_metadata(made_from_key, made_from);
      database.commit();
    }
    applied = position_in(database.get_metadata(position_key));
  }
  void begin_anew() {
    database.close();
    fs::remove_all(directory);
    pending = 0;
    damaged = false;
    begin(Xapian::DB_CREATE);
  }

  result<void> fold_one(const storage::record& r, const events::message_posted& e) {
    if (e.body.erased) return success(); // of somebody who was erased
    database.replace_document(message_term(e.message),
                              document_of(room_id{r.stream.id}, r.version, r.actor, r.time, e.message, e.body.value));
    ++pending;
    return success();
  }
  /// Only authors edit. A message that is not there was deleted, or its author erased.
  result<void> fold_one(const storage::record& r, const events::message_edited& e) {
    const std::string term = message_term(e.message);
    const auto found = database.postlist_begin(term);
    if (found == database.postlist_end(term)) return success();
    if (e.body.erased) return remove(term);
    const double posted_at = Xapian::sortable_unserialise(database.get_document(*found).get_value(time_slot));
    database.replace_document(term, document_of(room_id{r.stream.id}, e.message_seq, r.actor,
                                                {static_cast<std::int64_t>(posted_at)}, e.message, e.body.value));
    ++pending;
    return success();
  }
  result<void> fold_one(const storage::record&, const events::message_deleted& e) {
    return remove(message_term(e.message));
  }
  result<void> fold_one(const storage::record& r, const events::user_erased&) {
    return remove(author_term(r.stream.id));
  }
  result<void> remove(const std::string& term) {
    database.delete_document(term);
    ++pending;
    return success();
  }
  template <class Event>
  result<void> fold_as(const storage::record& r) {
    PALABRE_TRY(const auto event, events::decode_as<Event>(r.schema, r.payload));
    return on_files([&] { return fold_one(r, event); });
  }
};

text_index::text_index(std::unique_ptr<state> s) : state_(std::move(s)) {}
text_index::~text_index() = default;

result<std::unique_ptr<text_index>> text_index::open(const std::string& directory, const std::string& epoch) {
  auto s = std::make_unique<state>();
  s->directory = directory;
  s->made_from = std::string(index_version) + ':' + epoch;
  const auto opened = guarded([&]() -> result<void> {
    try {
      s->begin(Xapian::DB_CREATE_OR_OPEN);
    } catch (const Xapian::DatabaseCorruptError&) {
      s->begin_anew();
    } catch (const Xapian::DatabaseVersionError&) {
      s->begin_anew();
    }
    if (s->database.get_metadata(made_from_key) != s->made_from) s->begin_anew();
    return success();
  });
  if (!opened) return opened.error();
  return std::unique_ptr<text_index>(new text_index(std::move(s)));
}

result<void> text_index::fold(const storage::record& r) {
  const auto is = [&](events::stream_kind kind, std::string_view type) {
    return r.stream.kind == static_cast<char>(kind) && r.type == type;
  };
  using events::stream_kind;
  if (is(stream_kind::room, events::message_posted::type.name)) return state_->fold_as<events::message_posted>(r);
  if (is(stream_kind::room, events::message_edited::type.name)) return state_->fold_as<events::message_edited>(r);
  if (is(stream_kind::room, events::message_deleted::type.name)) return state_->fold_as<events::message_deleted>(r);
  if (is(stream_kind::user, events::user_erased::type.name)) return state_->fold_as<events::user_erased>(r);
  return success();
}

void text_index::advance(position at) {
  state_->applied = at;
}

position text_index::applied() const {
  return state_->applied;
}

std::size_t text_index::pending() const {
  return state_->pending;
}

result<void> text_index::commit() {
  return state_->on_files([&]() -> result<void> {
    state_->database.set_metadata(position_key, std::to_string(state_->applied.value));
    state_->database.commit();
    state_->pending = 0;
    return success();
  });
}

result<void> text_index::forget(user_id author) {
  PALABRE_TRY(state_->on_files([&] { return state_->remove(author_term(author)); }));
  PALABRE_TRY(commit());
  return state_->on_files([&]() -> result<void> {
    const std::string in_use = state_->directory + "/index", fresh = state_->directory + "/fresh";
    fs::remove_all(fresh);
    state_->database.compact(fresh);
    state_->database.close();
    fs::remove_all(in_use);
    fs::rename(fresh, in_use);
    state_->begin(Xapian::DB_CREATE_OR_OPEN);
    return success();
  });
}

result<void> text_index::reopen() {
  return state_->on_files([&]() -> result<void> {
    state_->database.close();
    state_->pending = 0;
    state_->begin(Xapian::DB_CREATE_OR_OPEN);
    return success();
  });
}

result<void> text_index::begin_anew() {
  return state_->on_files([&]() -> result<void> {
    state_->begin_anew();
    return success();
  });
}

result<text_hits> text_index::find(const text_query& what, const message_words& words_of) {
  if (what.rooms.empty()) return text_hits{};
  try {
    Xapian::Database& database = state_->database;
    Xapian::Enquire enquire(database);
    enquire.set_query(query_of(database, what));
    enquire.set_docid_order(Xapian::Enquire::DESCENDING); // of one moment the later one first
    if (what.by == text_query::order::newest_first || what.words.empty())
      enquire.set_sort_by_value(time_slot, true);
    else
      enquire.set_sort_by_relevance_then_value(time_slot, true);
    const Xapian::MSet found =
        enquire.get_mset(static_cast<Xapian::doccount>(what.offset), static_cast<Xapian::doccount>(what.limit + 1));
    text_hits hits;
    hits.more = found.size() > what.limit;
    for (auto each = found.begin(); each != found.end() && hits.items.size() < what.limit; ++each) {
      const std::string place = each.get_document().get_data();
      byte_reader in(place);
      text_hit hit;
      const std::string_view id = in.take(16);
      hit.seq = in.integer<std::uint64_t>();
      if (!in.finished()) {
        state_->damaged = true;
        return error{errc::corrupt, "a place in the search's index is damaged"};
      }
      hit.room = room_id{uuid_from_bytes(id.data())};
      PALABRE_TRY(const auto body, words_of(hit.room, hit.seq));
      if (!body) continue;
      hit.snippet = snippet_of(found, *body);
      hits.items.push_back(std::move(hit));
    }
    return hits;
  } catch (const Xapian::Error& e) {
    state_->damaged = state_->damaged || is_damage(e);
    return failure_of(e);
  }
}

bool text_index::is_damaged() const {
  return state_->damaged;
}

} // namespace palabre::search
