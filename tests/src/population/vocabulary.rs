//! The words that names and addresses are made of.

/// City, the province it lies in, and its telephone area; the first ones have most of the companies.
pub const CITIES: &[(&str, &str, &str)] = &[
    ("上海", "上海市", "021"),
    ("深圳", "广东省", "0755"),
    ("北京", "北京市", "010"),
    ("广州", "广东省", "020"),
    ("杭州", "浙江省", "0571"),
    ("苏州", "江苏省", "0512"),
    ("成都", "四川省", "028"),
    ("东莞", "广东省", "0769"),
    ("宁波", "浙江省", "0574"),
    ("武汉", "湖北省", "027"),
    ("南京", "江苏省", "025"),
    ("重庆", "重庆市", "023"),
    ("青岛", "山东省", "0532"),
    ("佛山", "广东省", "0757"),
    ("天津", "天津市", "022"),
    ("厦门", "福建省", "0592"),
    ("无锡", "江苏省", "0510"),
    ("西安", "陕西省", "029"),
    ("长沙", "湖南省", "0731"),
    ("温州", "浙江省", "0577"),
    ("合肥", "安徽省", "0551"),
    ("郑州", "河南省", "0371"),
    ("济南", "山东省", "0531"),
    ("福州", "福建省", "0591"),
    ("嘉兴", "浙江省", "0573"),
    ("烟台", "山东省", "0535"),
    ("大连", "辽宁省", "0411"),
    ("沈阳", "辽宁省", "024"),
    ("昆明", "云南省", "0871"),
    ("南昌", "江西省", "0791"),
    ("石家庄", "河北省", "0311"),
    ("南宁", "广西壮族自治区", "0771"),
    ("太原", "山西省", "0351"),
    ("贵阳", "贵州省", "0851"),
    ("哈尔滨", "黑龙江省", "0451"),
    ("长春", "吉林省", "0431"),
    ("乌鲁木齐", "新疆维吾尔自治区", "0991"),
    ("兰州", "甘肃省", "0931"),
    ("呼和浩特", "内蒙古自治区", "0471"),
    ("海口", "海南省", "0898"),
    ("银川", "宁夏回族自治区", "0951"),
    ("西宁", "青海省", "0971"),
    ("拉萨", "西藏自治区", "0891"),
];

/// The characters that Chinese companies like to be called by.
pub const BRAND: &str = "华信达金鑫盛恒泰瑞丰博创新东方中天海洋宏远成通联合众力智慧云星辰光明亿万千百顺利和平安康健美佳优品尚德立\
     本源泉江河山川龙凤虎腾飞翔鹏鸿福禄寿喜财富贵荣昌兴旺隆升发展维诺思凯威特尔斯普锐捷迅速易聚汇融嘉禾景润泽沃益民国邦世\
     纪元亨奥伟杰文雅诚正义仁礼祥宇宙航晨曦朗清欣悦乐卓越超群冠领先锋胜凌志途程启开拓进银铜铁钢石玉珠宝贝蓝绿红紫白青橙月\
     日风雪松柏竹梅兰菊桂桃林森木禹尧舜唐秦汉楚燕赵晋鲁吴越湘皖闽粤滇黔陇蒙藏渝津沪京岳岭峰谷原野田园舟帆桥路港湾岛屿珊瑚\
     琥珀琪琳瑶璟璐璇玺钧铭锦钰钦铂镁钛锂氢氧硅碳";

/// What a company does: in its name, in English, and the section of the national classification.
pub const TRADES: &[(&str, &str, &str)] = &[
    ("科技", "Technology", "information"),
    ("贸易", "Trading", "trade"),
    ("电子", "Electronics", "manufacturing"),
    ("机械设备", "Machinery", "manufacturing"),
    ("信息技术", "Information Technology", "information"),
    ("建筑工程", "Construction", "construction"),
    ("商贸", "Commerce", "trade"),
    ("实业", "Industries", "manufacturing"),
    ("物流", "Logistics", "transport"),
    ("食品", "Foods", "manufacturing"),
    ("医疗器械", "Medical Devices", "health"),
    ("装饰材料", "Decoration Materials", "trade"),
    ("网络", "Networks", "information"),
    ("教育咨询", "Education Consulting", "education"),
    ("文化传媒", "Media", "culture"),
    ("新能源", "New Energy", "utilities"),
    ("生物医药", "Biopharma", "research"),
    ("环保", "Environmental", "environment"),
    ("汽车零部件", "Auto Parts", "manufacturing"),
    ("餐饮管理", "Catering", "hospitality"),
    ("农业发展", "Agriculture", "agriculture"),
    ("房地产开发", "Real Estate", "real_estate"),
    ("投资管理", "Investment", "finance"),
    ("矿业", "Mining", "mining"),
];

/// Mostly limited companies, as it is.
pub const FORMS: &[&str] = &[
    "有限公司",
    "有限公司",
    "有限公司",
    "有限公司",
    "有限公司",
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "厂",
];

pub const SURNAMES: &str = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈\
     姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严";

pub const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅鑫宇浩然子轩梓涵雨欣怡佳俊凯文博思远晨曦嘉琪\
     婷颖慧琳雪倩莹峰鹏飞龙波斌辉健亮建国志海云山川林森旭东阳光春秋月星辰";

pub const TITLES: &[&str] =
    &["总经理", "采购经理", "销售总监", "技术总监", "财务经理", "工程师", "行政主管", "项目经理", "法定代表人"];

pub const STREETS: &[&str] =
    &["人民路", "中山路", "解放路", "建设大道", "科技园路", "高新大道", "工业园区", "滨江路", "和平街"];

pub const MAIL_HOSTS: &[&str] = &["example.com", "mail.example.cn", "corp.example", "example.net"];
