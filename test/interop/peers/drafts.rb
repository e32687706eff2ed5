# Ruby: em-websocket as an echo server, the websocket gem as a client.
#   drafts.rb serve                    prints its port, echoes
#   drafts.rb ask VERSION PORT TEXT    prints what comes back, closes
$stdout.sync = true

def serve
  require 'em-websocket'
  EM.run do
    server = nil
    EM::WebSocket.start(host: '127.0.0.1', port: 0) do |client|
      client.onmessage { |text| client.send(text) }
      client.onbinary { |bytes| client.send_binary(bytes) }
      client.onerror { |error| warn error.message if ENV['DRAFTS_DEBUG'] }
    end.tap { |signature| server = signature }
    puts Socket.unpack_sockaddr_in(EM.get_sockname(server)).first
  end
end

def ask(version, port, text)
  require 'socket'
  require 'websocket'
  socket = TCPSocket.new('127.0.0.1', port.to_i)
  handshake = WebSocket::Handshake::Client.new(url: "ws://127.0.0.1:#{port}/", version: version.to_i)
  socket.write(handshake.to_s)
  handshake << socket.readpartial(4096) until handshake.finished?
  return puts("error #{handshake.error}") unless handshake.valid?

  socket.write(WebSocket::Frame::Outgoing::Client.new(version: handshake.version, data: text, type: :text).to_s)
  incoming = WebSocket::Frame::Incoming::Client.new(version: handshake.version)
  # Of hixie-76 it keeps the proof there.
  incoming << handshake.leftovers if handshake.leftovers && version.to_i > 3
  loop do
    if (message = incoming.next)
      puts "got #{message}"
      closing = WebSocket::Frame::Outgoing::Client.new(version: handshake.version, type: :close, code: 1000)
      socket.write(closing.to_s) if closing.to_s
      break
    end
    incoming << socket.readpartial(4096)
  end
  socket.close
  puts 'closed'
end

ARGV[0] == 'ask' ? ask(*ARGV[1..]) : serve
