const NAMES_AND_CHARACTERS = `
  +1 👍  -1 👎  100 💯  alarm_clock ⏰  ambulance 🚑  arrow_down ⬇️  arrow_right ➡️  arrow_left ⬅️
  arrow_up ⬆️  arrows_counterclockwise 🔄  ballot_box_with_check ☑️  bar_chart 📊  bell 🔔  no_bell 🔕
  black_circle ⚫  white_circle ⚪  blue_circle 🔵  large_blue_circle 🔵  large_green_circle 🟢
  large_yellow_circle 🟡  large_orange_circle 🟠  large_red_square 🟥  red_circle 🔴  boom 💥  book 📖
  books 📚  broom 🧹  bug 🐛  bust_in_silhouette 👤  busts_in_silhouette 👥  bulb 💡  calendar 📆  date 📅
  chart_with_upwards_trend 📈  checkered_flag 🏁  clap 👏  clipboard 📋  clock1 🕐  clock3 🕒  cloud ☁️
  coffee ☕  computer 💻  construction 🚧  credit_card 💳  crescent_moon 🌙  cry 😢  dart 🎯  door 🚪
  elephant 🐘  envelope ✉️  exclamation ❗  eyes 👀  file_folder 📁  fire 🔥  fire_engine 🚒
  floppy_disk 💾  gear ⚙️  ghost 👻  globe_with_meridians 🌐  green_heart 💚  grin 😁  hammer 🔨
  hammer_and_wrench 🛠️  handshake 🤝  heart ❤️  heavy_check_mark ✔️  heavy_plus_sign ➕
  heavy_minus_sign ➖  hourglass ⌛  hourglass_flowing_sand ⏳  house 🏠  hugging_face 🤗  inbox_tray 📥
  information_source ℹ️  joy 😂  key 🔑  old_key 🗝️  label 🏷️  ladybug 🐞  link 🔗  lock 🔒
  locked_with_key 🔐  closed_lock_with_key 🔐  unlock 🔓  mag 🔍  mega 📣  memo 📝  moneybag 💰  muscle 💪
  new 🆕  newspaper 📰  no_entry ⛔  no_entry_sign 🚫  ocean 🌊  octagonal_sign 🛑  stop_sign 🛑
  ok_hand 👌  outbox_tray 📤  package 📦  page_facing_up 📄  paperclip 📎  partying_face 🥳  pencil2 ✏️
  point_right 👉  pray 🙏  pushpin 📌  question ❓  raised_hand ✋  hand ✋  raised_hands 🙌  receipt 🧾
  recycle ♻️  robot_face 🤖  rocket 🚀  rotating_light 🚨  scales ⚖️  scroll 📜  see_no_evil 🙈
  shield 🛡️  ship 🚢  slightly_smiling_face 🙂  smile 😄  smiley 😃  sparkles ✨  speech_balloon 💬
  star ⭐  stopwatch ⏱️  sunglasses 😎  sunrise 🌅  sweat_smile 😅  tada 🎉  thinking_face 🤔
  thumbsup 👍  thumbsdown 👎  timer_clock ⏲️  triangular_flag_on_post 🚩  trophy 🏆  truck 🚚
  wastebasket 🗑️  warning ⚠️  watch ⌚  wave 👋  white_check_mark ✅  white_large_square ⬜  wrench 🔧
  x ❌  zap ⚡  zzz 💤
`;

/**
 * The most used short names with their Unicode characters. Slack has thousands. A name that is not here is
 * shown as text.
 */
export const EMOJI: Readonly<Record<string, string>> = Object.freeze(
  Object.fromEntries(
    [...NAMES_AND_CHARACTERS.matchAll(/(\S+) (\S+)/g)].map(([, name = '', character = '']) => [
      name,
      character,
    ]),
  ),
);

/** The character of a short name ("white_check_mark"), or undefined. Ignores a skin tone in the name. */
export const emojiOf = (name: string): string | undefined => {
  const plain = name.split('::')[0] ?? name;
  return Object.hasOwn(EMOJI, plain) ? EMOJI[plain] : undefined;
};
