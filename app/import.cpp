#include "app/export.hpp"

#include "app/commands.hpp"
#include "app/draft_directory.hpp"
#include "app/export_format.hpp"
#include "app/file_error.hpp"
#include "app/record_progress.hpp"
#include "app/running_digest.hpp"
#include "app/store.hpp"

#include "storage/log_builder.hpp"
#include "storage/log_opening.hpp"
#include "storage/synced_file.hpp"
#include "storage/watermark.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <vector>

namespace palabre::app {
namespace {

namespace fs = std::filesystem;

/// Reads lines of a bounded length, and knows which it is at.
class line_reader {
public:
  explicit line_reader(std::istream& in) : in_(in), line_(export_line_bytes_max) {}

  /// The next line without its newline; nullopt: the end. Errors: corrupt: too long, or not ended by a newline; io.
  result<std::optional<std::string_view>> next() {
    ++number_;
    in_.getline(line_.data(), static_cast<std::streamsize>(line_.size()));
    if (in_.bad()) return error{errc::io, std::strerror(errno)};
    const auto taken = static_cast<std::size_t>(in_.gcount());
    if (in_.eof() && taken == 0) return std::optional<std::string_view>{};
    if (in_.eof()) return error{errc::corrupt, "the export is cut off in the middle of this line"};
    if (in_.fail()) return error{errc::corrupt, "longer than " + std::to_string(line_.size()) + " bytes"};
    return std::optional(std::string_view(line_.data(), taken - 1));
  }
  std::uint64_t number() const { return number_; }

private:
  std::istream& in_;
  std::vector<char> line_;
  std::uint64_t number_ = 0;
};

/// Takes an export line by line into a log.
class importer {
public:
  importer(std::istream& in, const std::string& directory) : lines_(in), directory_(directory) {}

  /// Errors begin with the number of the line.
  result<void> run() {
    auto done = take_all();
    if (done) return success();
    return error{done.error().code, "line " + std::to_string(lines_.number()) + ": " + done.error().context};
  }
  position head() const { return log_->head(); }
  const std::string& epoch() const { return epoch_; }

private:
  result<void> take_all() {
    PALABRE_TRY(const export_header header, take_header());
    system_randomness random;
    epoch_ = storage::random_epoch(random); // what was exported may have gone on elsewhere
    PALABRE_TRY(log_, storage::log_builder::create(directory_, epoch_));
    record_progress shown("importing", {}, header.head);
    for (;;) {
      PALABRE_TRY(const auto line, lines_.next());
      if (!line) return error{errc::corrupt, "the export ends here, without its last line: it was cut off"};
      PALABRE_TRY(const export_line parsed, parse_export_line(*line));
      if (parsed.trailer) return finish(header, *parsed.trailer);
      PALABRE_TRY(take(parsed));
      digest(*line);
      shown.reach(log_->head());
    }
  }
  result<export_header> take_header() {
    PALABRE_TRY(const auto line, lines_.next());
    if (!line) return error{errc::corrupt, "there is nothing"};
    PALABRE_TRY(export_header header, parse_export_header(*line));
    if (!header.with_stored)
      return error{errc::invalid, "this export is to be read, not imported: `palabre export --with-secrets` makes one "
                                  "that holds what was stored"};
    digest(*line);
    return header;
  }
  result<void> take(const export_line& parsed) {
    PALABRE_TRY(const storage::record record, storage::decode(parsed.stored));
    const sha256_digest hash = storage::hash_of(parsed.stored);
    if (to_hex(as_bytes(hash)) != parsed.hash)
      return error{errc::corrupt, "\"stored\" is not what has the hash " + parsed.hash};
    return log_->add(record, parsed.stored, hash);
  }
  result<void> finish(const export_header& header, const export_trailer& trailer) {
    if (trailer.events != log_->head().value || header.head != log_->head())
      return error{errc::corrupt, std::to_string(log_->head().value) + " events came, " +
                                      std::to_string(trailer.events) + " were exported"};
    if (trailer.sha256 != digest_.finish())
      return error{errc::corrupt, "the SHA-256 of the lines before is another: they were changed"};
    PALABRE_TRY(const auto more, lines_.next());
    if (more) return error{errc::corrupt, "there is something behind the last line"};
    PALABRE_TRY(log_->finish());
    return storage::write_watermark(directory_, log_->head(), log_->hash(), epoch_, true);
  }
  void digest(std::string_view line) {
    digest_.take(line);
    digest_.take("\n");
  }

  line_reader lines_;
  const std::string directory_;
  running_digest digest_;
  std::string epoch_;
  std::unique_ptr<storage::log_builder> log_;
};

/// Keys may be there already; whatever belongs to another log may not.
result<void> check_without_log(const std::string& data) {
  for (const std::string& path :
       {log_directory(data), storage::watermark_path(log_directory(data)), views_directory(data)}) {
    std::error_code ignored;
    if (fs::exists(path, ignored))
      return error{errc::conflict, path + " is there already; import into a directory without a log"};
  }
  return success();
}

result<void> move_into(const std::string& data, const draft_directory& draft) {
  PALABRE_TRY(sync_tree(draft.path()));
  // The log first: one without a watermark can be opened, a watermark without its log cannot.
  for (const char* name : {"/log", "/log.watermark"})
    if (::rename((draft.path() + name).c_str(), (data + name).c_str()) != 0)
      return error{errc::io, data + name + ": " + std::strerror(errno)};
  return storage::sync_directory(data);
}

/// A directory that is made for an import goes when there is none.
class data_directory {
public:
  static result<data_directory> make(const std::string& path) {
    PALABRE_TRY(const bool made, storage::make_directory(path));
    return data_directory{path, made};
  }
  data_directory(data_directory&& other) noexcept : path_(other.path_), made_(std::exchange(other.made_, false)) {}
  ~data_directory() {
    if (made_) ::rmdir(path_.c_str());
  }
  void keep() { made_ = false; }

private:
  data_directory(std::string path, bool made) : path_(std::move(path)), made_(made) {}
  std::string path_;
  bool made_;
};

result<void> import_from(std::istream& in, const std::string& data, std::ostream& out) {
  PALABRE_TRY(check_without_log(data));
  PALABRE_TRY(data_directory directory, data_directory::make(data));
  PALABRE_TRY(const auto draft, draft_directory::make(data + "/import"));
  importer work(in, log_directory(draft.path()));
  PALABRE_TRY(work.run());
  PALABRE_TRY(move_into(data, draft));
  directory.keep();
  out << "imported: " << work.head().value << " events, new epoch " << work.epoch() << '\n';
  return success();
}

} // namespace

int import_log(const import_options& options, std::ostream& out, std::ostream& errors) {
  const std::string path = options.from == "-" ? "/dev/stdin" : options.from;
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(errors, file_error("cannot read " + path));
  const auto done = import_from(file, options.data, out);
  if (!done) return fail(errors, done.error());
  std::error_code ignored;
  if (!fs::exists(options.data + "/secrets/name.key", ignored))
    out << "keys: none; put the secrets that belong to it into " << options.data
        << "/secrets before a server starts: without name.key nobody can log in\n";
  return 0;
}

} // namespace palabre::app
