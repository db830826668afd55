#include "app/room_text.hpp"

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "bench/report/columns.hpp"

#include <simdjson.h>

#include <utility>

namespace palabre::app {
namespace {

using simdjson::dom::element;

/// Our own bytes, made a moment ago.
element parsed(simdjson::dom::parser& parser, std::string_view json) {
  element root;
  PALABRE_ASSERT(parser.parse(json.data(), json.size()).get(root) == simdjson::SUCCESS);
  return root;
}

/// The text at `path`; empty where there is null or something else.
std::string text_at(element in, const char* path) {
  std::string_view text;
  return in.at_pointer(path).get(text) == simdjson::SUCCESS ? std::string(text) : std::string{};
}
std::string number_at(element in, const char* path) {
  return std::to_string(in.at_pointer(path).get_uint64().value());
}

std::string person(const std::string& name, const std::string& id) {
  return (name.empty() ? "?" : name) + " (" + id + ')';
}

/// Without what a terminal would obey.
std::string line(const std::string& text) {
  return bench::printable(text) + '\n';
}

std::string quoted(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string reactions_text(element message) {
  std::string text;
  for (const element reaction : message["reactions"].get_array())
    text += "  " + text_at(reaction, "/emoji") + ' ' + number_at(reaction, "/count");
  return text;
}

std::string message_text(element message) {
  const std::string edited = text_at(message, "/edited_at"), deleted = text_at(message, "/deleted_at");
  std::string text = line(number_at(message, "/seq") + "  " + text_at(message, "/created_at") + "  " +
                          person(text_at(message, "/author/display_name"), text_at(message, "/author_id")));
  if (!deleted.empty()) return text + line("    deleted " + deleted);
  text += line("    " + quoted(text_at(message, "/body")) + (edited.empty() ? "" : "  edited " + edited));
  const std::string reactions = reactions_text(message);
  return reactions.empty() ? text : text + line("  " + reactions);
}

} // namespace

std::string room_text(std::string_view room_and_members) {
  simdjson::dom::parser parser;
  const element all = parsed(parser, room_and_members), room = all["room"].value();
  std::string text = line("room " + text_at(room, "/id") + "  " + quoted(text_at(room, "/name")));
  text += line("    " + text_at(room, "/visibility") + ' ' + text_at(room, "/kind") +
               (room["archived"].get_bool().value() ? ", archived" : "") + ", seq " + number_at(room, "/last_seq") +
               ", messages " + number_at(room, "/message_count"));
  if (const std::string about = text_at(room, "/description"); !about.empty()) text += line("    " + quoted(about));
  text += "members " + number_at(room, "/member_count") + '\n';
  for (const element member : all["members"].get_array())
    text += line("    " + person(text_at(member, "/user/display_name"), text_at(member, "/user_id")) + "  " +
                 text_at(member, "/role") + " since " + text_at(member, "/joined_at"));
  return text + "messages\n";
}

std::string messages_text(std::string_view items) {
  simdjson::dom::parser parser;
  std::string text;
  for (const element message : parsed(parser, items).get_array()) text += message_text(message);
  return text;
}

} // namespace palabre::app
