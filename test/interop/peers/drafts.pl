# Protocol::WebSocket, as an echo server and as a client.
#   drafts.pl serve VERSION        prints its port, echoes
#   drafts.pl ask VERSION PORT TEXT    prints what comes back, closes
use strict;
use warnings;
use IO::Socket::INET;
use Protocol::WebSocket::Handshake::Server;
use Protocol::WebSocket::Handshake::Client;
use Protocol::WebSocket::Frame;
$| = 1;

sub serve_one {
    my ($socket) = @_;
    my $handshake = Protocol::WebSocket::Handshake::Server->new;
    my $buffer = '';
    until ($handshake->is_done) {
        sysread($socket, my $chunk, 4096) or return;
        $handshake->parse($chunk) or return;
        $buffer = $chunk;
    }
    syswrite($socket, $handshake->to_string);
    my $frames = $handshake->build_frame;
    $frames->append($buffer) if length $buffer;
    while (1) {
        while (defined(my $bytes = $frames->next_bytes)) {
            if ($frames->is_close) {
                syswrite($socket, $handshake->build_frame(type => 'close', version => $handshake->version)->to_bytes);
                return;
            }
            if ($frames->is_ping) {
                syswrite($socket, $handshake->build_frame(buffer => $bytes, type => 'pong')->to_bytes);
                next;
            }
            my $type = $frames->is_binary ? 'binary' : 'text';
            syswrite($socket, $handshake->build_frame(buffer => $bytes, type => $type)->to_bytes);
        }
        sysread($socket, my $chunk, 4096) or return;
        $frames->append($chunk);
    }
}

sub ask {
    my ($version, $port, $text) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Proto => 'tcp') or die "no connection";
    my $handshake = Protocol::WebSocket::Handshake::Client->new(url => "ws://127.0.0.1:$port/", version => $version);
    syswrite($socket, $handshake->to_string);
    until ($handshake->is_done) {
        my $read = sysread($socket, my $chunk, 4096);
        unless ($read) { print "no answer\n"; return }
        unless ($handshake->parse($chunk)) { print 'error ', $handshake->error, "\n"; return }
    }
    syswrite($socket, $handshake->build_frame(buffer => $text, masked => 1)->to_bytes);
    my $frames = $handshake->build_frame;
    while (1) {
        sysread($socket, my $chunk, 4096) or last;
        $frames->append($chunk);
        my $bytes = $frames->next_bytes;
        next unless defined $bytes;
        print "got $bytes\n";
        syswrite($socket, $handshake->build_frame(type => 'close', masked => 1)->to_bytes);
        # hixie-75 ends with TCP.
        sysread($socket, $chunk, 4096) unless $version eq 'draft-hixie-75';
        print "closed\n";
        last;
    }
}

my ($what, $version, $port, $text) = @ARGV;
if ($what eq 'ask') { ask($version, $port, $text); exit }
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5, ReuseAddr => 1) or die;
print $server->sockport, "\n";
while (my $socket = $server->accept) { serve_one($socket); close $socket }
