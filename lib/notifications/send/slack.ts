import { cut, type Letter, linkWords, textOf, titleOf } from './letter.ts';
import { type PostPorts, post, secretOf } from './post.ts';

/** Longest text of a block (Slack, "Reference: blocks", section). */
const MAX_TEXT = 3_000;

/** Posts a letter to a Slack-compatible incoming webhook, the address of which is a secret. */
export async function sendSlack(ports: PostPorts, secret: string, letter: Letter): Promise<void> {
  const place = `the secret "${secret}"`;
  await post(ports, {
    url: await secretOf(ports.secrets, secret),
    body: JSON.stringify(slackMessage(letter)),
    ...{ addressIn: place, keyIn: place, isConfidential: letter.link !== undefined },
  });
}

/** A message with blocks; services that know none of these take its text, which says the same. */
function slackMessage(letter: Letter) {
  const { topic, link, actions = [] } = letter;
  const text = cut(`*${escaped(titleOf(letter))}*\n${escaped(textOf(letter))}`, MAX_TEXT);
  const links = link === undefined ? [] : [{ text: linkWords(letter), link }, ...actions];
  const buttons = links.map(({ text: label, link: url }) => ({
    ...{ type: 'button', text: { type: 'plain_text', text: label }, url },
  }));
  return {
    text: [text, ...links.map(({ text: label, link: url }) => `<${url}|${label}>`)].join('\n'),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text } },
      ...(buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }]),
      { type: 'context', elements: [{ type: 'plain_text', text: `Stepwright, ${topic}` }] },
    ],
  };
}

/** What Slack would take for its own signs (Slack, "Formatting text for app surfaces", escaping). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
