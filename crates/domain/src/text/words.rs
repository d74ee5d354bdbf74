//! Words in which a character is read otherwise than by itself: towns, trades, and the family names of people.
//!
//! For the order of names, which needs one reading of each character. A search goes by all of them (`polyphones.rs`).

use std::collections::HashMap;
use std::sync::LazyLock;

/// Each word with its syllables, one for each character.
const TABLE: &str = "\
重庆chong,qing 重阳chong,yang 重楼chong,lou 成长cheng,zhang 校长xiao,zhang 会长hui,zhang 事长shi,zhang 市长shi,zhang \
家长jia,zhang 部长bu,zhang 店长dian,zhang 院长yuan,zhang 厦门xia,men 六安lu,an 六合lu,he 东阿dong,e 乐清yue,qing \
音乐yin,yue 乐器yue,qi 乐团yue,tuan 乐队yue,dui 蚌埠beng,bu 大埔da,bu 单县shan,xian 莘庄xin,zhuang 涡阳guo,yang \
枞阳zong,yang 铅山yan,shan 番禺pan,yu 中牟zhong,mu 浚县xun,xian 泌阳bi,yang 尉犁yu,li 柏林bo,lin 黄陂huang,pi 解州xie,zhou \
繁峙fan,shi 大夫dai,fu 蔚县yu,xian 会计kuai,ji 会稽kuai,ji 藏族zang,zu 西藏xi,zang 新藏xin,zang 青藏qing,zang \
藏药zang,yao 银行yin,hang 商行shang,hang 车行che,hang 洋行yang,hang 行业hang,ye 分行fen,hang 支行zhi,hang 央行yang,hang \
农行nong,hang 工行gong,hang 建行jian,hang 中行zhong,hang 投行tou,hang 行长hang,zhang 行情hang,qing 排行pai,hang \
太行tai,hang 总行zong,hang 券行quan,hang 琴行qin,hang 花行hua,hang 米行mi,hang 曾经ceng,jing 给水ji,shui 供给gong,ji \
校对jiao,dui 校准jiao,zhun 率先shuai,xian 差旅chai,lv 出差chu,chai 模具mu,ju 薄荷bo,he 吴堡wu,bu 薄膜bo,mo 单位dan,wei \
单元dan,yuan 单车dan,che 区域qu,yu 区块qu,kuai 区间qu,jian 解放jie,fang 解决jie,jue 解码jie,ma 查询cha,xun \
万俟mo,qi 尉迟yu,chi 单于chan,yu 长孙zhang,sun 什邡shi,fang 犍为qian,wei 筠连jun,lian 柞水zha,shui \
喀什ka,shi 阿胶e,jiao 人参ren,shen 参茸shen,rong 西洋参xi,yang,shen 海参hai,shen 党参dang,shen 空调kong,tiao";

/// Family names that are said otherwise than the character.
const FAMILY_NAMES: &str = "单shan 仇qiu 解xie 区ou 查zha 朴piao";

/// The longest word has so many characters.
const LONGEST: usize = 3;
/// What is as short as a person's name, and as long, in characters.
const NAME: std::ops::RangeInclusive<usize> = 2..=3;

static WORDS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| read(TABLE).collect());
static FAMILIES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| read(FAMILY_NAMES).collect());

fn read(table: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    table.split_whitespace().map(|entry| {
        let (word, syllables) = entry.split_at(entry.find(|c: char| c.is_ascii_lowercase()).unwrap_or(entry.len()));
        (word, syllables.split(',').collect())
    })
}

/// The syllables of a text where words and names decide them; the other characters are read by themselves.
pub fn readings(text: &[char]) -> Vec<Option<&'static str>> {
    let mut readings = vec![None; text.len()];
    let mut at = 0;
    while at < text.len() {
        let found = (2..=LONGEST).rev().find_map(|length| word(text.get(at..at + length)?));
        let found = found.or_else(|| family(text).filter(|_| at == 0));
        for syllable in found.into_iter().flatten() {
            readings[at] = Some(*syllable);
            at += 1;
        }
        if found.is_none() {
            at += 1;
        }
    }
    readings
}

fn word(characters: &[char]) -> Option<&'static Vec<&'static str>> {
    WORDS.get(characters.iter().collect::<String>().as_str())
}

/// The family name, if the whole text is as short as the name of a person.
fn family(text: &[char]) -> Option<&'static Vec<&'static str>> {
    FAMILIES.get(text.first()?.to_string().as_str()).filter(|_| NAME.contains(&text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pinyin;
    use crate::text::syllables::is_syllable;

    #[test]
    fn each_word_has_a_syllable_a_character_and_says_what_its_characters_do_not() {
        let mut faults = Vec::new();
        let words = TABLE.split_whitespace().count();
        for (word, syllables) in read(TABLE).chain(read(FAMILY_NAMES)) {
            let usual: Vec<String> = word.chars().map(|c| pinyin::usual(c).unwrap_or_default()).collect();
            let fits = word.chars().count() == syllables.len() && syllables.iter().all(|one| is_syllable(one));
            // 单位 is in the table because as the name of a person it would be read otherwise.
            let is_like_a_name = FAMILIES.keys().any(|family| word.len() > family.len() && word.starts_with(family));
            let says_nothing = usual == syllables && !is_like_a_name;
            if !fits || says_nothing {
                faults.push(word);
            }
        }
        assert_eq!(faults, Vec::<&str>::new());
        assert_eq!(WORDS.len(), words, "no word stands here twice");
    }

    #[test]
    fn whoever_searches_by_such_a_reading_finds_the_character() {
        let unknown = read(TABLE).chain(read(FAMILY_NAMES)).flat_map(|(word, syllables)| word.chars().zip(syllables));
        let unknown: Vec<_> = unknown
            .filter(|(c, syllable)| !pinyin::readings(&c.to_string()).concat().iter().any(|known| known == syllable))
            .collect();
        assert_eq!(unknown, []);
    }
}
