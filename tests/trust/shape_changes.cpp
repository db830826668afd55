#include "shape_changes.hpp"

#include "account.hpp"
#include "memory_disk.hpp"
#include "view_rows.hpp"

#include "events/event.hpp"
#include "projections/projection.hpp"

namespace palabre::trust {
namespace {

using events::audience;
using events::event_type;

struct parcel_moved_v1 {
  static constexpr event_type type{"parcel.moved", 1, audience::members};
  int x = 0;
};
BOOST_DESCRIBE_STRUCT(parcel_moved_v1, (), (x))

struct parcel_moved_v2 {
  static constexpr event_type type{"parcel.moved", 2, audience::members};
  using previous = parcel_moved_v1;
  static parcel_moved_v2 upcast(parcel_moved_v1 old) { return {old.x, 0}; }
  int x = 0, y = 0;
};
BOOST_DESCRIBE_STRUCT(parcel_moved_v2, (), (x, y))

struct parcel_moved {
  static constexpr event_type type{"parcel.moved", 3, audience::members};
  using previous = parcel_moved_v2;
  static parcel_moved upcast(parcel_moved_v2 old) { return {{old.x, old.y}, "metre"}; }
  std::vector<int> to;
  std::string unit;
};
BOOST_DESCRIBE_STRUCT(parcel_moved, (), (to, unit))

using parcel_event = std::variant<parcel_moved>;
const stream_id parcel{'p', {}};

struct small_log {
  small_log() {
    log = storage::event_log::open("/data/log", storage::event_log::access::read_write, random, disk).value();
    journal = std::make_unique<storage::journal>(*log);
  }
  void append(const stream_id& to, std::string_view type, std::uint16_t schema, std::string_view payload) {
    storage::record r;
    r.stream = to;
    r.type = type;
    r.schema = schema;
    r.payload = payload;
    storage::append append;
    append.streams.push_back({to, storage::expectation::any(), {storage::encode(r)}});
    if (journal->submit(std::move(append))) journal->step();
  }

  std::shared_ptr<memory_disk> disk = std::make_shared<memory_disk>();
  seeded_randomness random{1};
  std::unique_ptr<storage::event_log> log;
  std::unique_ptr<storage::journal> journal;
};

} // namespace

std::string check_shape_changes() {
  small_log at;
  at.append(parcel, "parcel.moved", 1, R"({"x":1})");
  at.append(parcel, "parcel.moved", 3, R"({"to":[3,4],"unit":"mile"})");
  at.append(parcel, "parcel.moved", 2, R"({"x":5,"y":6})");
  std::string read;
  const auto scanned = at.log->read_stream(parcel, 0, SIZE_MAX, [&](const storage::committed_record& r) {
    const auto event = events::decode<parcel_event>(r.view.type, r.view.schema, r.view.payload);
    read += event ? events::to_json(std::get<parcel_moved>(event.value()), events::secrets::stored) : "?";
    return true;
  });
  const bool as_meant = scanned && read == R"({"to":[1,0],"unit":"metre"}{"to":[3,4],"unit":"mile"})"
                                           R"({"to":[5,6],"unit":"metre"})";
  return as_meant ? "" : "older shapes are read as " + read;
}

std::string check_future() {
  const struct {
    char kind;
    const char* type;
    std::uint16_t schema;
    const char* named;
  } all[] = {{'r', "message.posted", 9, "message.posted with schema version 9"},
             {'r', "message.sung", 1, "event type message.sung"},
             {'z', "message.posted", 1, "stream kind 'z'"}};
  for (const auto& future : all) {
    small_log at;
    at.append({future.kind, {}}, future.type, future.schema, "{}");
    const auto rows = rebuilt_rows(*at.log);
    if (rows) return std::string("rebuilds from the future: ") + future.named;
    const error& why = rows.error();
    if (why.code != errc::from_the_future || why.context.find("position 1") == std::string::npos ||
        why.context.find(future.named) == std::string::npos)
      return "unclear about the future: " + why.context;
  }
  return {};
}

} // namespace palabre::trust
