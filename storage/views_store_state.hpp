#pragma once
// What views_store and its one writer, views_batch, share.

#include "base/assert.hpp"
#include "storage/hot_rows.hpp"
#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"
#include "storage/views_store.hpp"

#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <atomic>
#include <unordered_map>

namespace palabre::storage {

constexpr std::string_view views_fingerprint_key = "fingerprint";
constexpr std::string_view views_checkpoint_key = "checkpoint";

inline rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data() != nullptr ? bytes.data() : "", bytes.size()}; // RocksDB compares no null
}

/// An opened directory of views, and what is kept of it in memory.
struct views_rows {
  std::string directory;
  std::unique_ptr<rocksdb::Env> env; ///< outlives the instance; null: RocksDB's own
  std::unique_ptr<rocksdb_instance> instance;
  std::size_t tables = 0;
  rocksdb::WriteOptions writing;
  std::unordered_map<table, std::unique_ptr<hot_rows>> hot;

  hot_rows* hot_rows_of(table t) const {
    const auto found = hot.find(t);
    return found == hot.end() ? nullptr : found->second.get();
  }
  rocksdb::ColumnFamilyHandle* family(table t) const {
    PALABRE_ASSERT(t < tables);
    return instance->family(views_family_tables + t);
  }
  result<std::optional<std::string>> get(std::size_t family, std::string_view key) const;
  result<void> visit_many(std::size_t family, const flat_strings& keys, const visit_row& visit) const;
  result<void> put(std::size_t family, std::string_view key, std::string_view row) const;
};

/// Rows that readers pin and that can be exchanged under them. A pin does not own: the last one to go only says so, and
/// whoever owns the rows ends them, on a thread of its choice.
class lent_rows {
public:
  lent_rows() = default;
  explicit lent_rows(std::unique_ptr<views_rows> rows) : owned_(std::move(rows)), pins_(lend(*owned_, returned_)) {}
  ~lent_rows() { end(); }

  std::shared_ptr<const views_rows> pin() const { return pins_.load(std::memory_order_acquire); }
  /// For whoever sets up or changes rows that nobody has pinned yet.
  views_rows& own() { return *owned_; }
  /// Each has the other's afterwards. Not twice at a time.
  void exchange(lent_rows& other) {
    other.pins_.store(pins_.exchange(other.pins_.load()));
    std::swap(owned_, other.owned_);
    std::swap(returned_, other.returned_);
  }
  /// Waits for the last pin.
  void end() {
    if (!owned_) return;
    pins_.store(nullptr);
    returned_->wait(false);
    owned_.reset();
  }

private:
  using flag = std::shared_ptr<std::atomic<bool>>;
  static std::shared_ptr<const views_rows> lend(const views_rows& rows, const flag& returned) {
    return {&rows, [returned](const views_rows*) {
              returned->store(true);
              returned->notify_all();
            }};
  }

  std::unique_ptr<views_rows> owned_;
  flag returned_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<std::shared_ptr<const views_rows>> pins_;
};

struct views_store::state {
  explicit state(std::unique_ptr<views_rows> opened) : rows(std::move(opened)) {}

  lent_rows rows;
  bool was_emptied = false;
  std::vector<std::pair<table, std::size_t>> kept_hot; ///< and how many rows of each
};

} // namespace palabre::storage
