#include "app/stopped_store.hpp"

#include "app/secrets.hpp"
#include "projections/tables.hpp"
#include "storage/rocksdb_instance.hpp"
#include "storage/views_directories.hpp"

#include <rocksdb/env.h>

namespace palabre::app {

result<std::unique_ptr<stopped_store>> stopped_store::open(const std::string& data) {
  std::unique_ptr<stopped_store> opened{new stopped_store};
  stopped_store& s = *opened;
  PALABRE_TRY(const bool is_there, storage::find_rocksdb(log_directory(data), *rocksdb::Env::Default()));
  if (!is_there) return error{errc::io, "there is no log in " + log_directory(data)};
  PALABRE_TRY(s.log_, storage::event_log::open(log_directory(data), storage::event_log::access::read_write, s.random_));
  PALABRE_TRY(auto secrets, load_secrets(data, false, s.random_));
  s.name_key_ = std::move(secrets.name_key);
  s.search_directory_ = search_directory(data);
  PALABRE_TRY(s.seal_, seal_log(data, *s.log_, s.random_));
  storage::views_directories(data).remove_others(); // what a rebuild that was killed left
  const auto list = s.projections_.list();
  const std::string print = projections::fingerprint(list, s.log_->epoch());
  PALABRE_TRY(s.views_, storage::views_store::open(views_directory(data), projections::tables::forms, print));
  s.projector_ = std::make_unique<projections::projector>(*s.log_, *s.views_, list);
  s.journal_ = std::make_unique<storage::journal>(*s.log_);
  s.journal_->add_precondition([&s] { return s.seal_->keys().sync(); });
  s.journal_->add_listener([&s](const storage::committed_batch_ptr& batch) { s.projector_->feed(batch); });
  const actors::decider_context context{*s.log_, *s.journal_, *s.views_, s.time_, s.seal_.get()};
  s.actors_ = std::make_unique<actors::actor_runtime>(context, actors::runtime_settings{});
  s.projector_->start();
  s.journal_->start();
  return opened;
}

stopped_store::~stopped_store() {
  actors_.reset();
  if (journal_) journal_->stop();
  if (projector_) projector_->stop();
}

} // namespace palabre::app
