#include "stepped_server.hpp"

#include "room_model.hpp"

#include "base/assert.hpp"
#include "projections/tables.hpp"

#include <algorithm>

namespace palabre::trust {
namespace {

template <class T>
T must(result<T> what) {
  PALABRE_ASSERT(what.has_value()); // the disk of the views never fails while it is asked
  return std::move(what).value();
}

} // namespace

result<std::unique_ptr<stepped_server>> stepped_server::start(const std::shared_ptr<memory_disk>& disk,
                                                              const shared_seal& seal, randomness& random,
                                                              const clock& time) {
  std::unique_ptr<stepped_server> s(new stepped_server);
  s->seal_ = seal;
  PALABRE_TRY(s->log_, storage::event_log::open("/data/log", storage::event_log::access::read_write, random, disk));
  s->log_->open_seals_with(seal);
  const auto list = s->projections_.list();
  PALABRE_TRY(s->views_, storage::views_store::open("/data/views", projections::tables::forms,
                                                    projections::fingerprint(list, s->log_->epoch()), disk));
  s->projector_ = std::make_unique<projections::projector>(*s->log_, *s->views_, list);
  PALABRE_TRY(s->project());
  s->journal_ = std::make_unique<storage::journal>(*s->log_);
  s->journal_->add_precondition([ring = &seal->keys()] { return ring->sync(); });
  s->journal_->add_listener([p = s->projector_.get()](const storage::committed_batch_ptr& b) { p->feed(b); });
  s->context_.emplace(actors::decider_context{*s->log_, *s->journal_, *s->views_, time, seal.get()});
  s->start_actors();
  return s;
}

void stepped_server::start_actors() {
  config_.set("scheduler.policy", caf::atom("testing"));
  actors_ = std::make_unique<caf::actor_system>(config_);
  scheduler_ = dynamic_cast<caf::scheduler::test_coordinator*>(&actors_->scheduler());
  PALABRE_ASSERT(scheduler_ != nullptr);
  root_ = actors_->spawn(actors::registry, &*context_, std::chrono::milliseconds(0)); // idle at once, for a sweep
}

stepped_server::~stepped_server() {
  if (!actors_) return;
  caf::anon_send(root_, actors::drain{});
  root_ = nullptr;
  settle();
  actors_.reset();
  journal_->stop();
}

void stepped_server::settle() {
  do
    while (scheduler_->try_run_once()) {
    }
  while (journal_->step() || scheduler_->has_job());
}

bool stepped_server::run_actor(std::uint64_t which) {
  auto& jobs = scheduler_->jobs;
  if (jobs.empty()) return false;
  std::rotate(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(which % jobs.size()), jobs.end());
  return scheduler_->try_run_once();
}

void stepped_server::send(actors::room_request request) {
  const actors::room_request_ptr shared = std::make_shared<const actors::room_request>(std::move(request));
  caf::anon_send(root_, shared);
}

events::room_facts stepped_server::facts_for(room_id room, const events::room_command& command, user_id actor) const {
  const projections::roster_queries roster(*views_);
  projections::profiles authors(*views_);
  const projections::timeline_queries timeline(*views_, authors);
  events::room_facts facts;
  if (const auto row = must(roster.room(room))) facts.true_at = row->last_seq;
  if (const auto own = must(roster.standing(room, actor))) facts.standing = own->standing();
  const auto person = events::person_of(command);
  if (person)
    if (const auto other = must(roster.standing(room, *person))) facts.other_standing = other->standing();
  facts.held = must(roster.held_against(room, person.value_or(actor)));
  const auto* posting = std::get_if<events::post_message>(&command);
  const auto* editing = std::get_if<events::edit_message>(&command);
  if (const auto named = named_in(posting ? posting->body : editing ? editing->body : std::string()))
    facts.mentioned.push_back({{*named, must(roster.standing(room, *named)).has_value()}});
  const auto message = message_of(command);
  if (!message) return facts;
  facts.message = must(timeline.fact(room, *message));
  if (!facts.message) return facts;
  if (const auto author = must(roster.standing(room, facts.message->author))) facts.other_standing = author->standing();
  for (const auto& each : must(projections::report_queries(*views_).of_message(room, facts.message->seq)))
    facts.reporters.push_back(each.by);
  if (const auto* c = std::get_if<events::react>(&command)) {
    facts.reacted = must(timeline.reacted(room, actor, facts.message->seq, c->emoji));
    facts.emoji_kinds = must(timeline.emoji_kinds(room, facts.message->seq));
  }
  return facts;
}

} // namespace palabre::trust
