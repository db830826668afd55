#include "projections/reports.hpp"

#include "projections/keys.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

using storage::views_batch;

constexpr std::size_t report_bytes = 32;

void append_report(std::string& row, const report& each) {
  append_bytes(row, each.by);
  put_int<std::uint64_t>(row, each.seq);
  put_int<std::int64_t>(row, each.at.ms);
}

result<std::vector<report>> reports_in(std::string_view row) {
  if (row.size() % report_bytes != 0) return error{errc::corrupt, "the reports of a message are damaged in the views"};
  std::vector<report> found;
  for (const char* at = row.data(); at != row.data() + row.size(); at += report_bytes)
    found.push_back({user_id{uuid_from_bytes(at)}, get_int<std::uint64_t>(at + 16), {get_int<std::int64_t>(at + 24)}});
  return found;
}

result<void> add_report(std::string_view key, const report& added, views_batch& rows) {
  PALABRE_TRY(const auto stored, rows.get(tables::reports, key));
  std::string row = stored.value_or(std::string{});
  PALABRE_TRY(const auto before, reports_in(row));
  if (std::ranges::find(before, added.by, &report::by) != before.end()) return success(); // whatever a log holds
  append_report(row, added);
  rows.put(tables::reports, key, std::move(row));
  return success();
}

result<void> end_reports(std::string_view key, views_batch& rows) {
  PALABRE_TRY(const std::string* const stored, rows.find(tables::reports, key));
  if (stored != nullptr) rows.erase(tables::reports, key);
  return success();
}

} // namespace

result<void> reports::fold(const log_event& e, views_batch& rows) {
  const auto* event = std::get_if<events::room_event>(&e.event);
  if (event == nullptr) return success();
  const room_id room{e.envelope.stream.id};
  if (const auto* reported = std::get_if<events::message_reported>(event))
    return add_report(key_of(room, reported->message_seq), {e.envelope.actor, e.envelope.version, e.envelope.time},
                      rows);
  if (const auto* reviewed = std::get_if<events::message_reviewed>(event))
    return end_reports(key_of(room, reviewed->message_seq), rows);
  if (const auto* deleted = std::get_if<events::message_deleted>(event))
    return end_reports(key_of(room, deleted->message_seq), rows);
  return success();
}

// ---- Queries

result<std::vector<report>> report_queries::of_message(room_id room, stream_version message_seq) const {
  PALABRE_TRY(const auto stored, views_.get(tables::reports, key_of(room, message_seq)));
  return reports_in(stored.value_or(std::string{}));
}

result<report_queries::report_page> report_queries::of_room(room_id room, stream_version after,
                                                            std::size_t limit) const {
  report_page page;
  result<void> sound = success();
  PALABRE_TRY(views_.range(tables::reports, key_of(room, after + 1), end_of_prefix(key_of(room)), true,
                           [&](std::string_view key, std::string_view stored) {
                             if (page.items.size() == limit) {
                               page.next = page.items.back().seq;
                               return false;
                             }
                             auto found = reports_in(stored);
                             if (!found) sound = found.error();
                             if (!sound) return false;
                             page.items.push_back({get_int<std::uint64_t>(key.data() + 16), std::move(found).value()});
                             return true;
                           }));
  PALABRE_TRY(std::move(sound));
  return page;
}

} // namespace palabre::projections
