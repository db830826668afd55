#include "bench/micro/quiet_edge.hpp"

#include "bench/micro/typical_message.hpp"
#include "http/hasher.hpp"
#include "http/presence/presence_desk.hpp"
#include "http/read_positions.hpp"
#include "http/tokens.hpp"
#include "projections/tables.hpp"

namespace palabre::micro {
namespace {

class nobody final : public actors::gateway {
public:
  void send(actors::room_request) override {}
  void send(actors::user_request) override {}
};

class stopped_clock final : public clock {
public:
  timestamp now() const override { return noon; }
};

} // namespace

struct quiet_edge::parts {
  system_randomness random;
  stopped_clock time;
  nobody commands;
  temporary_directory root;
  std::unique_ptr<storage::event_log> log =
      storage::event_log::open(root / "log", storage::event_log::access::read_write, random).value();
  std::unique_ptr<storage::views_store> store =
      storage::views_store::open(root / "views", projections::tables::forms, "micro").value();
  projections::projector views{*log, *store, {}};
  projections::log_reader reader{*log};
  projections::profiles profiles{*store};
  projections::timeline_queries timeline{*store, profiles};
  projections::roster_queries roster{*store};
  projections::invitation_queries invitations{*store};
  projections::user_queries users{*store};
  projections::presence_queries presences{*store};
  http::edge_settings settings;
  http::presence_desk presence{{commands, views, reader, presences, roster, time, settings}, random};
  http::token_authority tokens{std::string(32, 'k'), time};
  http::password_hasher hasher{random};
  projections::reading_queries reading{*store};
  projections::belongings_queries belongings{*store};
  projections::report_queries reports{*store};
  projections::past_queries past{*store, reader, profiles};
  http::read_positions reads{commands};
  http::services all{commands,
                     views,
                     reader,
                     timeline,
                     roster,
                     invitations,
                     users,
                     profiles,
                     presence,
                     tokens,
                     hasher,
                     reading,
                     belongings,
                     reports,
                     past,
                     reads,
                     time,
                     random,
                     std::string(32, 'n'),
                     {},
                     {}};
};

quiet_edge::quiet_edge() : parts_(std::make_unique<parts>()) {}
quiet_edge::~quiet_edge() = default;

http::services& quiet_edge::services() {
  return parts_->all;
}

} // namespace palabre::micro
