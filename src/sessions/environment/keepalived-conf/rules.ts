/** Keywords whose value runs something: that there is one is told, not what. */
const SCRIPT =
  /^(?:script|process|script_user|user|notify(?:_\w+)?|\w*notify_fifo|\w+_script|misc_path|quorum_(?:up|down))$/;
const NO_SCRIPT = /^notify_priority_changes$|_timeout$|^track_|^vrrp_script$/;

/** Whether a keyword's value is a command, its arguments or whom it runs as. */
export const isScriptKeyword = (keyword: string): boolean => SCRIPT.test(keyword) && !NO_SCRIPT.test(keyword);

/** Keywords that hold an address of a person or a mail server, or a name to greet it with. */
export const isMailKeyword = (keyword: string): boolean =>
  /^(?:notification_email(?:_from)?|smtp_helo_name|email\w*|helo_name)$/.test(keyword);

/** Blocks that list things: how many is told. */
export const LISTS: ReadonlySet<string> = new Set([
  'group',
  'linkbeat_interfaces',
  'notification_email',
  'static_ipaddress',
  'static_routes',
  'static_rules',
  'track_bfd',
  'track_file',
  'track_interface',
  'track_process',
  'track_script',
  'unicast_peer',
  'virtual_ipaddress',
  'virtual_ipaddress_excluded',
  'virtual_routes',
  'virtual_rules',
]);

/** Lists whose entries may stand several to a line; of the others each line is one entry with its options. */
export const WORD_LISTS: ReadonlySet<string> = new Set(['group', 'linkbeat_interfaces', 'notification_email']);

/** Units of the times that have none in their keyword (keepalived.conf(5)). */
export const UNITS: Readonly<Record<string, string>> = {
  advert_int: 's',
  bfd_rlimit_rttime: 'us',
  checker_rlimit_rttime: 'us',
  child_wait_time: 's',
  delay: 's',
  garp_lower_prio_delay: 's',
  garp_master_delay: 's',
  garp_master_refresh: 's',
  interval: 's',
  kernel_rx_buf_size: 'bytes',
  min_auto_priority_delay: 'us',
  preempt_delay: 's',
  shutdown_script_timeout: 's',
  smtp_connect_timeout: 's',
  startup_script_timeout: 's',
  timeout: 's',
  vrrp_garp_interval: 's',
  vrrp_garp_lower_prio_delay: 's',
  vrrp_garp_master_delay: 's',
  vrrp_garp_master_refresh: 's',
  vrrp_gna_interval: 's',
  vrrp_rlimit_rttime: 'us',
  vrrp_startup_delay: 's',
};

/** Checks of real servers: they run in a process of their own, so that only their number matters to the sender. */
export const CHECKERS: ReadonlySet<string> = new Set([
  'BFD_CHECK',
  'DNS_CHECK',
  'FILE_CHECK',
  'HTTP_GET',
  'MISC_CHECK',
  'PING_CHECK',
  'SMTP_CHECK',
  'SSL_GET',
  'TCP_CHECK',
  'UDP_CHECK',
]);
