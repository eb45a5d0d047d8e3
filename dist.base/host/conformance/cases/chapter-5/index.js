/** Cases of chapter 5, one file to a topic. */
export const chapter5 = [];
