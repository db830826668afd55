// XMPP over WebSocket (RFC 7395), anonymous login, rooms by MUC (XEP-0045): a stanza for each frame. Who posts is in
// the room and hears everything; its own message coming back is the answer.

#include "bench/load/dialects.hpp"
#include "bench/load/marked_body.hpp"
#include "bench/load/websocket.hpp"

namespace palabre::bench {
namespace {

class xmpp_session final : public session, websocket::events {
public:
  xmpp_session(loop& work, const endpoint& at, const seat& where, participant& who)
      : socket_(work, *this), at_(at), seat_(where), who_(who), room_(where.channel + "@conference.localhost"),
        own_("from='" + room_ + "/n" + std::to_string(where.number) + "'") {}

  void open() override { socket_.open(at_, "/ws", "xmpp"); }
  void post(std::string_view body) override {
    socket_.send("<message xmlns='jabber:client' to='" + room_ + "' type='groupchat' id='p'><body>" +
                 std::string(body) + "</body></message>");
  }
  void cut() override { socket_.cut(); }

private:
  enum class step { features, login, again, bind, join, in };

  void opened() override { begin_stream(); }
  void closed(std::string_view why) override { who_.dropped(why); }
  void begin_stream() {
    socket_.send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>");
  }
  void received(std::string_view stanza) override {
    if (step_ == step::in) return take_message(stanza);
    if (stanza.find("type='error'") != std::string_view::npos || stanza.starts_with("<failure")) {
      socket_.cut();
      return who_.dropped(stanza);
    }
    if (step_ == step::features && stanza.starts_with("<stream:features")) {
      step_ = step::login;
      socket_.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
    } else if (step_ == step::login && stanza.starts_with("<success")) {
      step_ = step::again;
      begin_stream();
    } else if (step_ == step::again && stanza.starts_with("<stream:features")) {
      step_ = step::bind;
      socket_.send("<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    } else if (step_ == step::bind && stanza.find("type='result'") != std::string_view::npos) {
      step_ = step::join;
      socket_.send("<presence xmlns='jabber:client' to='" + room_ + "/n" + std::to_string(seat_.number) +
                   "'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>");
    } else if (step_ == step::join && stanza.find("<subject") != std::string_view::npos) { // the last of a join
      step_ = step::in;
      who_.ready();
    }
  }
  void take_message(std::string_view stanza) {
    if (!stanza.starts_with("<message")) return;
    if (stanza.substr(0, 300).find("type='error'") != std::string_view::npos) return who_.refused(stanza);
    const auto at = find_mark(stanza, hint_);
    if (at == std::string_view::npos) return;
    if (seat_.posts && stanza.find(own_) < at) return who_.accepted();
    if (seat_.listens) who_.delivered(stanza.substr(at));
  }

  websocket socket_;
  const endpoint& at_;
  seat seat_;
  participant& who_;
  const std::string room_, own_;
  step step_ = step::features;
  std::size_t hint_ = 0;
};

class xmpp_dialect final : public dialect {
public:
  place prepare(const endpoint&, std::size_t rooms) override { return named_rooms("room-", rooms); }
  std::unique_ptr<session> sit(loop& work, const endpoint& at, const seat& where, participant& who) override {
    return std::make_unique<xmpp_session>(work, at, where, who);
  }
};

} // namespace

std::unique_ptr<dialect> speak_xmpp() {
  return std::make_unique<xmpp_dialect>();
}

} // namespace palabre::bench
