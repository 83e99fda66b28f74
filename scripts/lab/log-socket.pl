#!/usr/bin/env perl
# log-socket.pl take SOCKET FILE: takes what is logged to a unix datagram socket, as syslog daemons do, and appends it to a file.
# log-socket.pl fill SOCKET: sends to it until it takes no more.
use strict;
use warnings;
use Errno qw(EAGAIN ENOBUFS);
use IO::Handle;
use Socket qw(AF_UNIX SOCK_DGRAM pack_sockaddr_un MSG_DONTWAIT);

my ($what, $path, $file) = @ARGV;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!\n";
my $address = pack_sockaddr_un($path);
if ($what eq 'fill') {
	my $sent = 0;
	$sent++ while defined send($socket, "<30>lab: filling\n", MSG_DONTWAIT, $address);
	die "$path: $!\n" unless $!{EAGAIN} || $!{ENOBUFS};
	print "$sent\n";
	exit;
}
bind($socket, $address) or die "$path: $!\n";
open(my $log, '>>', $file) or die "$file: $!\n";
$log->autoflush(1);
while (defined recv($socket, my $line, 65536, 0)) {
	$line =~ s/^<\d+>//;
	$line =~ s/[\0\n]*\z/\n/;
	print $log $line;
}
die "recv: $!\n";
