#!/usr/bin/env perl
# flood.pl DEVICE VERSION FAMILY VRID PERIOD: an advertisement the receiver must reject, every PERIOD seconds, until it is ended.
# VRRPv2 with a wrong password (RFC 2338, section 5), VRRPv3 with fewer addresses than it says (RFC 9568, section 5.2.4). Over IPv6
# the checksum must be right: the kernel drops the packet otherwise, before keepalived sees it.
use strict;
use warnings;
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 IPPROTO_IP IPPROTO_IPV6);

my ($device, $version, $family, $vrid, $period) = @ARGV;
my ($IP_MULTICAST_TTL, $IPV6_MULTICAST_HOPS, $SO_BINDTODEVICE) = (33, 18, 25);
my $ipv6 = $family == 6;
socket(my $raw, $ipv6 ? AF_INET6 : AF_INET, SOCK_RAW, 112) or die "socket: $!";
setsockopt($raw, SOL_SOCKET, $SO_BINDTODEVICE, pack('Z*', $device)) or die "bind to $device: $!";
setsockopt($raw, $ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, $ipv6 ? $IPV6_MULTICAST_HOPS : $IP_MULTICAST_TTL, pack('i', 255)) or die "ttl: $!";
my $to = $ipv6 ? pack_sockaddr_in6(0, inet_pton(AF_INET6, 'ff02::12')) : pack_sockaddr_in(0, inet_aton('224.0.0.18'));

sub sum {
	my $total = 0;
	$total += $_ for unpack('n*', $_[0]);
	$total = ($total & 0xffff) + ($total >> 16) while $total >> 16;
	return ~$total & 0xffff;
}
my $address = $ipv6 ? inet_pton(AF_INET6, 'fe80::205:7') : inet_aton('192.168.205.7');
my $packet = $version == 2
	? pack('C6n a4 a8', 0x21, $vrid, 90, 1, 1, 1, 0, $address, 'another')
	: pack('C4n2 a*', 0x31, $vrid, 90, 2, 100, 0, $address);
# IPV6_CHECKSUM at level SOL_RAW: the kernel knows the source address, which is part of the sum (RFC 3542, section 3.1).
if ($ipv6) {
	setsockopt($raw, 255, 7, pack('i', 6)) or die "checksum: $!";
} else {
	substr($packet, 6, 2) = pack('n', sum($version == 2 ? substr($packet, 0, 12) : $packet));
}
while (1) {
	send($raw, $packet, 0, $to);
	select(undef, undef, undef, $period);
}
