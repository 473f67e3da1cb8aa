/** The fixed parts of RemOnline's account: what its drop-downs hold. */

export const KEY = "69bd0c1e7f4a4d2f9a3c5e8b7d6f1a2b";
export const COMPANY = "Сервис «Пример»";

export const BRANCHES = [
  { id: 101, name: "Мастерская на Садовой" },
  { id: 102, name: "Мастерская на Лесной" },
];
export const ORDER_TYPES = [
  { id: 301, name: "Платный" },
  { id: 302, name: "Гарантийный" },
];
/** Groups: 1 new, 2 in work, 3 postponed, 4 done, 5 delivery, 6 closed well, 7 closed badly. */
export const STATUSES = [
  { id: 11, name: "Новый", color: "#66bb6a", group: 1 },
  { id: 12, name: "В работе", color: "#42a5f5", group: 2 },
  { id: 13, name: "Ждёт запчасть", color: "#ffa726", group: 3 },
  { id: 14, name: "Готов", color: "#26c6da", group: 4 },
  { id: 16, name: "Закрыт", color: "#8d6e63", group: 6 },
  { id: 17, name: "Закрыт неуспешно", color: "#ef5350", group: 7 },
];
export const CLOSED: ReadonlySet<number> = new Set(STATUSES.filter(({ group }) => group >= 6).map(({ id }) => id));
export const EMPLOYEES = [
  { id: 3, first_name: "Ольга", last_name: "Иванова", deleted: false },
  { id: 4, first_name: "Пётр", last_name: "Смирнов", deleted: false },
  { id: 5, first_name: "Бывший", last_name: "Сотрудник", deleted: true },
];
export const CAMPAIGNS = [
  { id: 3, name: "Сайт", branch_ids: [101, 102], start_at: 1_735_689_600_000, finish_at: null },
  { id: 4, name: "Facebook", branch_ids: [101], start_at: 1_735_689_600_000, finish_at: null },
];
export const CLIENT_FIELDS = [
  { id: 700, name: "Откуда узнали", type: 1 },
  { id: 701, name: "Дата рождения", type: 5 },
];
/** By order type: an account can give each its own fields. */
export const ORDER_FIELDS = [
  { id: 800, name: "Пароль устройства", type: 1, types: [301, 302] },
  { id: 801, name: "Номер гарантийного талона", type: 1, types: [302] },
];
