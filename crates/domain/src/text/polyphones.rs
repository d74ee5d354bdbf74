//! Characters that are really read in more than one way.
//!
//! Dictionaries list every reading a character ever had: 有 also as wei, 件 also as mou. Kept under all of them a name has
//! twice the tokens, and nobody looks for it by half of them. Here stand the characters of which people use several
//! readings today, in words, places and family names; every other character has the first reading of the dictionary.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Each character with its readings, the usual one first; tones do not count, ü is written v.
const TABLE: &str = "\
阿a,e 艾ai,yi 柏bai,bo 伯bo,bai 薄bao,bo 堡bao,bu,pu 暴bao,pu 刨bao,pao 炮pao,bao 贲ben,bi 秘mi,bi 泌mi,bi \
蚌bang,beng 便bian,pian 扁bian,pian 屏ping,bing 泊bo,po 卜bu,bo 埔pu,bu 瀑pu,bao 剥bo,bao 藏cang,zang 参can,shen,cen 陂bei,pi 曾zeng,ceng \
差cha,chai,ci 查cha,zha 刹cha,sha 禅chan,shan 单dan,shan,chan 颤chan,zhan 长chang,zhang 朝chao,zhao 车che,ju \
称cheng,chen 澄cheng,deng 盛sheng,cheng 乘cheng,sheng 晟sheng,cheng 匙chi,shi 郗xi,chi 尺chi,che 重zhong,chong \
种zhong,chong 仇chou,qiu 臭chou,xiu 畜chu,xu 幢chuang,zhuang 传chuan,zhuan 椎zhui,chui 伺si,ci 枞cong,zong \
攒zan,cuan 大da,dai 逮dai,di 弹dan,tan 得de,dei 的de,di 地di,de 翟zhai,di 调diao,tiao 丁ding,zheng 町ting,ding \
都du,dou 度du,duo 读du,dou 囤dun,tun 恶e,wu 佴nai,er 番fan,pan 繁fan,po 佛fo,fu 否fou,pi 脯fu,pu 盖gai,ge \
给gei,ji 合he,ge 颈jing,geng 红hong,gong 谷gu,yu 贾jia,gu 涡wo,guo 莞guan,wan 广guang,an 龟gui,jun,qiu 柜gui,ju \
桧gui,hui 还huan,hai 行xing,hang,heng 巷xiang,hang 吭keng,hang 和he,huo,hu 核he,hu 虹hong,jiang \
会hui,kuai 期qi,ji 奇qi,ji 稽ji,qi 系xi,ji 祭ji,zhai 茄qie,jia 夹jia,ga 犍jian,qian 见jian,xian 强qiang,jiang \
将jiang,qiang 降jiang,xiang 角jiao,jue 脚jiao,jue 觉jue,jiao 校xiao,jiao 嚼jiao,jue 解jie,xie 桔jie,ju 劲jin,jing \
且qie,ju 隽jun,juan 圈quan,juan 浚jun,xun 筠yun,jun 咖ka,ga 卡ka,qia 扛kang,gang 壳ke,qiao 隗wei,kui 括kuo,gua \
腊la,xi 烙lao,luo 落luo,la,lao 乐le,yue 勒le,lei 蠡li,luo 了le,liao 俩lia,liang 六liu,lu 陆lu,liu 露lu,lou \
率lv,shuai 绿lv,lu 泷long,shuang 脉mai,mo 埋mai,man 没mei,mo 渑mian,sheng 模mo,mu 么me,ma 缪miao,miu,mou 万wan,mo \
牟mou,mu 那na,nuo 娜na,nuo 南nan,na 呢ne,ni 尿niao,sui 弄nong,long 疟nve,yao 区qu,ou 迫po,pai 胖pang,pan \
朴pu,piao,po 纤xian,qian 铅qian,yan 茜qian,xi 亲qin,qing 覃qin,tan 塞sai,se 色se,shai 厦sha,xia 杉shan,sha \
召zhao,shao 折zhe,she 蛇she,yi 歙she,xi 什shen,shi 莘shen,xin 沈shen,chen 谌chen,shen 省sheng,xing 石shi,dan \
识shi,zhi 食shi,si 似si,shi 峙zhi,shi 殖zhi,shi 熟shu,shou 属shu,zhu 数shu,shuo 说shuo,shui 宿su,xiu 尾wei,yi \
尉wei,yu 蔚wei,yu 遗yi,wei 洗xi,xian 吓xia,he 削xiao,xue 血xue,xie 叶ye,xie 许xu,hu 郇xun,huan 咽yan,ye 阏e,yan \
殷yin,yan 俞yu,shu 於yu,wu 员yuan,yun 钥yao,yue 约yue,yao 仔zi,zai 择ze,zhai 扎zha,za 轧zha,ya,ga 粘zhan,nian \
爪zhao,zhua 着zhe,zhao,zhuo 著zhu,zhuo 琢zhuo,zuo 综zong,zeng 卒zu,cu 柞zuo,zha";

static READINGS: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    let entry = |entry: &'static str| {
        let character = entry.chars().next()?;
        Some((character, entry[character.len_utf8()..].split(',').collect()))
    };
    TABLE.split(' ').filter_map(entry).collect()
});

/// The readings of a character that has several.
pub fn of(character: char) -> Option<&'static [&'static str]> {
    READINGS.get(&character).map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use pinyin::ToPinyinMulti;

    use super::*;

    /// Family names as their bearers say them.
    const BEYOND_THE_DICTIONARY: [&str; 1] = ["谌shen"];

    #[test]
    fn a_misspelt_reading_would_not_stand_in_the_dictionary() {
        let known = |character: char| -> HashSet<String> {
            let readings = character.to_pinyin_multi().into_iter().flatten();
            readings.map(|reading| reading.plain().replace('ü', "v")).collect()
        };
        let each = READINGS.iter().flat_map(|(character, readings)| readings.iter().map(move |one| (*character, *one)));
        let unknown: Vec<String> = each
            .filter(|(character, one)| !known(*character).contains(*one))
            .map(|(c, one)| format!("{c}{one}"))
            .collect();
        assert_eq!(unknown, BEYOND_THE_DICTIONARY);
    }

    #[test]
    fn no_character_stands_here_twice() {
        assert_eq!(READINGS.len(), TABLE.split(' ').count());
    }
}
