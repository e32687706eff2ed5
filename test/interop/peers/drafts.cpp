// WebSocket++ as an echo server: prints its port.
#include <iostream>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>

int main() {
  websocketpp::server<websocketpp::config::asio> server;
  server.clear_access_channels(websocketpp::log::alevel::all);
  server.clear_error_channels(websocketpp::log::elevel::all);
  server.init_asio();
  server.set_message_handler([&](websocketpp::connection_hdl client, auto message) {
    server.send(client, message->get_payload(), message->get_opcode());
  });
  server.listen(websocketpp::lib::asio::ip::tcp::v4(), 0);
  server.start_accept();
  websocketpp::lib::asio::error_code error;
  std::cout << server.get_local_endpoint(error).port() << std::endl;
  server.run();
}
