export interface TeamsSettings {
  /** The id of the bot. Empty means no authentication, which only this machine may use. */
  readonly appId: string;
  readonly appPassword: string;
  /** The organisation; activities of any other are refused. Empty: any. */
  readonly tenantId: string;
  /** The channel for threads, and the lobby: `19:...@thread.tacv2`. */
  readonly channelId: string;
  /** The team in which rooms are channels, by its id in the directory. */
  readonly teamId?: string | undefined;
  /** Without a slash at the end, like the other addresses. */
  readonly graphUrl: string;
  readonly loginUrl: string;
  readonly openIdUrl: string;
  readonly issuer: string;
  /** Where the Bot Connector is before it has called us; where left out, the public one. */
  readonly serviceUrl?: string | undefined;
  /** The address people, and Teams, reach us at. */
  readonly publicUrl: string;
  /** Whether we listen on this machine only. */
  readonly isLoopback: boolean;
}
