#!/usr/bin/env perl
# private-log.pl SOCKET PROGRAM ARGUMENT...: runs a program to which SOCKET is /dev/log. Started in a mount namespace of its own (unshare
# --mount --propagation private): /dev becomes a small file system there, since it may have no log on which to mount something.
use strict;
use warnings;

my ($socket, @program) = @ARGV;
my ($folder) = $socket =~ m{^(.*)/[^/]*$} or die "give the path of a socket\n";
my $private = "$folder/private";
sub run { system(@_) == 0 or die "@_ failed\n" }

mkdir $private;
run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', $private);
for my $device (qw(null zero full random urandom tty)) {
	next unless -e "/dev/$device";
	open(my $file, '>', "$private/$device") or die "$private/$device: $!\n";
	run('mount', '--bind', "/dev/$device", "$private/$device");
}
open(my $log, '>', "$private/log") or die "$private/log: $!\n";
run('mount', '--bind', $socket, "$private/log");
run('mount', '--rbind', $private, '/dev');
exec { $program[0] } @program or die "$program[0]: $!\n";
