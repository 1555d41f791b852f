/**
 * Which permissions let a method: the least first, as Microsoft Graph's reference
 * has them. What ends in `.Group` is consented to by the owner of a team for that
 * team, everything else is granted by an administrator and stands in the token.
 */
export const MAY = {
  readChannels: [
    'ChannelSettings.Read.Group',
    'Channel.ReadBasic.All',
    'ChannelSettings.Read.All',
    'ChannelSettings.ReadWrite.Group',
    'ChannelSettings.ReadWrite.All',
  ],
  createChannel: ['Channel.Create.Group', 'Channel.Create', 'Group.ReadWrite.All'],
  changeChannel: ['ChannelSettings.ReadWrite.Group', 'ChannelSettings.ReadWrite.All', 'Group.ReadWrite.All'],
  archiveChannel: ['ChannelSettings.ReadWrite.All', 'Group.ReadWrite.All'],
  deleteChannel: ['Channel.Delete.Group', 'Channel.Delete.All', 'Group.ReadWrite.All'],
  readChannelMembers: ['ChannelMember.Read.All', 'ChannelMember.ReadWrite.All'],
  writeChannelMembers: ['ChannelMember.ReadWrite.All'],
  readTabs: ['TeamsTab.Read.Group', 'TeamsTab.Read.All', 'TeamsTab.ReadWrite.All'],
  createTab: ['TeamsTab.Create.Group', 'TeamsTab.Create', 'TeamsTab.ReadWrite.All'],
  readFiles: ['Files.Read.All', 'Files.ReadWrite.All', 'Sites.ReadWrite.All', 'Group.ReadWrite.All'],
  writeFiles: ['Files.ReadWrite.All', 'Sites.ReadWrite.All'],
  readUser: ['User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All'],
  readTeam: [
    'TeamSettings.Read.Group',
    'Team.ReadBasic.All',
    'TeamSettings.Read.All',
    'TeamSettings.ReadWrite.All',
  ],
  readTeamMembers: ['TeamMember.Read.Group', 'TeamMember.Read.All', 'TeamMember.ReadWrite.All'],
  writeTeamMembers: ['TeamMember.ReadWrite.All'],
  readGrants: ['TeamsAppInstallation.Read.Group', 'ResourceSpecificPermissionGrant.ReadForTeam.All'],
  readTags: ['TeamworkTag.Read.All', 'TeamworkTag.ReadWrite.All'],
  writeTags: ['TeamworkTag.ReadWrite.All'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
